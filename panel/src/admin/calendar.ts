// A year as months and weeks, and a decided day as a row of the file of official days. Pure.
import type { CalendarDay, DayKind } from './contract'

export const KIND_SIGNS: Readonly<Record<DayKind, string>> = { working: '□', rest: '▨', half: '◩', makeup: '⊞' }

export interface Cell {
  day: number
  date: string
  told: CalendarDay | null
  weekend: boolean
}

/** Weeks from Monday to Sunday; null fills what belongs to another month. */
export function weeks(year: number, month: number, days: ReadonlyMap<string, CalendarDay>): (Cell | null)[][] {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const before = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7
  const cells: (Cell | null)[] = Array.from({ length: before }, () => null)
  for (let day = 1; day <= last; day += 1) {
    const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
    cells.push({ day, date, told: days.get(date) ?? null, weekend: (before + day - 1) % 7 >= 5 })
  }
  while (cells.length % 7) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, at) => cells.slice(at * 7, at * 7 + 7))
}

/** Whether a day is other than its weekday says: only such days carry a sign and stand in the list. */
export function isSpecial(day: CalendarDay): boolean {
  const weekend = [0, 6].includes(new Date(`${day.date}T00:00:00Z`).getUTCDay())
  return day.name !== null || day.kind === 'half' || day.kind === 'makeup' || (!weekend && day.kind === 'rest')
}

/** `24/11/2026` */
export function written(date: string): string {
  return date.split('-').reverse().join('/')
}

/** The day an arrow key leads to. */
export function movedDay(date: string, key: string): string {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[key] ?? 0
  return new Date(Date.parse(`${date}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10)
}

export interface DecidedDay {
  date: string
  working: boolean
  reason: string
  source: string
}

/** Whether the text has a row for this day already: that row is changed by hand. */
export function hasDay(text: string, date: string): boolean {
  return new RegExp(`date: ?["']?${date}`).test(text)
}

/** The text of the official days with one more. A string of JSON is a string of YAML. */
export function withDay(text: string, day: DecidedDay): string {
  const row = [
    `  - date: ${day.date}`,
    `    working: ${day.working}`,
    `    reason: ${JSON.stringify(day.reason)}`,
    `    source: ${JSON.stringify(day.source)}`,
  ]
  return `${text.trimEnd()}\n${row.join('\n')}\n`
}
