// The periods that agencies are scored for, as their names say: `2026-11`, `2026-Q4`, `2026-H2`, `2026`. Pure.

export type Kind = 'month' | 'quarter' | 'half' | 'year'

export interface Period {
  kind: Kind
  year: number
  /** Which of its year, from 1. */
  number: number
}

export const KINDS: readonly Kind[] = ['month', 'quarter', 'half', 'year']
const IN_A_YEAR: Readonly<Record<Kind, number>> = { month: 12, quarter: 4, half: 2, year: 1 }

/** The period of this kind in which a day lies; the day is the hotline's own: `2026-11-26`. */
export function holding(day: string, kind: Kind): Period {
  const [year = 0, month = 1] = day.split('-').map(Number)
  return { kind, year, number: Math.ceil(month / (12 / IN_A_YEAR[kind])) }
}

/** The period of a name; null when it is none. */
export function read(name: string): Period | null {
  const found = /^(2\d{3})(?:-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$/.exec(name)
  if (!found) return null
  const [year, part = ''] = [Number(found[1]), found[2]]
  if (part === '') return { kind: 'year', year, number: 1 }
  if (part.startsWith('Q')) return { kind: 'quarter', year, number: Number(part[1]) }
  return part.startsWith('H') ? { kind: 'half', year, number: Number(part[1]) } : { kind: 'month', year, number: Number(part) }
}

/** How a period is named. */
export function nameOf({ kind, year, number }: Period): string {
  if (kind === 'year') return String(year)
  if (kind === 'month') return `${year}-${String(number).padStart(2, '0')}`
  return `${year}-${kind === 'quarter' ? 'Q' : 'H'}${number}`
}

/** The period so many further; fewer than none goes back. */
export function further(period: Period, by: number): Period {
  const each = IN_A_YEAR[period.kind]
  const at = period.year * each + period.number - 1 + by
  return { kind: period.kind, year: Math.floor(at / each), number: (((at % each) + each) % each) + 1 }
}

/** So many periods that end with this one, the earliest first. */
export function upTo(period: Period, many: number): Period[] {
  return Array.from({ length: many }, (_, at) => further(period, at - many + 1))
}

/** The period of another kind that ends where this one does. */
export function asKind(period: Period, kind: Kind): Period {
  const month = (12 / IN_A_YEAR[period.kind]) * period.number
  return holding(`${period.year}-${String(month).padStart(2, '0')}-01`, kind)
}
