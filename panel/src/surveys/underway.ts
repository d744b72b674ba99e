// A survey that is under way, kept in this window so that a reload loses nothing. Nobody's number is kept, and a closed window forgets it all.
import { person } from '../session'
import type { Outcome } from './contract'
import type { Marks } from './asked'

export interface Underway {
  case: string
  until: string
  outcome: Outcome | null
  marks: Marks
  comment: string
  step: number
}

const name = (): string => `hotline.survey.${person.value?.account ?? 0}`

/** What was under way; null when nothing was, or it cannot be read. */
export function found(): Underway | null {
  try {
    return JSON.parse(sessionStorage.getItem(name()) ?? 'null') as Underway | null
  } catch {
    return null
  }
}

export function keep(underway: Underway | null): void {
  if (underway === null) sessionStorage.removeItem(name())
  else sessionStorage.setItem(name(), JSON.stringify(underway))
}
