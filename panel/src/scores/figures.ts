// Figures of agencies as tables say and order them. Pure; what they mean is the service's business.
import { language } from '../words'
import type { Figures } from './contract'

/** `93,8%` of a share between 0 and 1; a dash for none. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${decimal(100 * share)}%`
}

/** `81,4`: one decimal, as the language writes it; a dash for none. */
export function decimal(figure: number | null): string {
  if (figure === null) return '–'
  const written = figure.toFixed(1)
  return language.value === 'en' ? written : written.replace('.', ',')
}

export interface Counted {
  part: number
  whole: number
  value: number | null
}

const counted = (part: number, whole: number): Counted => ({ part, whole, value: whole ? part / whole : null })
const of = (figures: Figures, name: string): number => figures.counts[name] ?? 0

/** Of those who were asked whether the matter is solved, who said so. */
export function solved(figures: Figures): Counted {
  return counted(of(figures, 'solved'), of(figures, 'solved') + of(figures, 'solved_partly') + of(figures, 'unsolved'))
}

/** Of the tickets that fell due, those that were answered by then. */
export function onTime(figures: Figures): Counted {
  return counted(of(figures, 'on_time'), of(figures, 'due'))
}

export const COLUMNS = ['rank', 'name', 'composite', 'csat', 'n', 'response', 'solved', 'on_time', 'd766'] as const
export type Column = (typeof COLUMNS)[number]

const VALUES: Readonly<Record<Exclude<Column, 'name'>, (figures: Figures) => number | null>> = {
  rank: (each) => each.rank,
  composite: (each) => each.composite_low,
  csat: (each) => each.low,
  n: (each) => each.n,
  response: (each) => each.response_rate,
  solved: (each) => solved(each).value,
  on_time: (each) => onTime(each).value,
  d766: (each) => each.decision_766.on_time,
}

/** Ordered by a column; whoever has no figure stands last whichever way it goes. What is sampled goes by its lower end, as the ranking does. */
export function ordered(all: readonly Figures[], column: Column, down: boolean): Figures[] {
  const way = down ? -1 : 1
  const byName = (one: Figures, other: Figures): number => one.agency_name.localeCompare(other.agency_name, 'vi')
  if (column === 'name') return [...all].sort((one, other) => way * byName(one, other))
  const value = VALUES[column]
  return [...all].sort((one, other) => {
    const [a, b] = [value(one), value(other)]
    if (a === null || b === null) return Number(a === null) - Number(b === null) || byName(one, other)
    return way * (a - b) || byName(one, other)
  })
}

/** The counts of tickets, and those of citizens asked, in the order in which they are told. */
export const TICKET_COUNTS = [
  'due', 'on_time', 'answered', 'reopened', 'received', 'accepted_late', 'returned', 'extended', 'objected', 'publishable', 'published',
  'dissatisfied_or_late', 'letters_owed', 'letters_on_time', 'visits_due', 'visits_kept',
] as const
export const SURVEY_COUNTS = [
  'eligible', 'reached', 'refused', 'completed', 'partly', 'solved', 'solved_partly', 'unsolved', 'mark-1', 'mark-2', 'mark-3', 'mark-4', 'mark-5',
] as const
export const DOSSIER_COUNTS = ['dossiers', 'dossiers_faulted'] as const
export type Count = (typeof TICKET_COUNTS)[number] | (typeof SURVEY_COUNTS)[number] | (typeof DOSSIER_COUNTS)[number]
