// The periods that a report can be had for, the last one that is over first among the chosen. Pure.
import { further, holding, nameOf } from '../scores/period'
import type { Kind } from '../scores/period'
import { titleOf } from '../scores/titles'
import { t } from '../words'

export type ReportKind = Kind | 'week'

export interface Choice {
  name: string
  title: string
}

const MANY: Readonly<Record<ReportKind, number>> = { week: 13, month: 13, quarter: 6, half: 4, year: 3 }
const DAY = 86_400_000

/** The week of a day by ISO 8601: `2026-W48` and its Monday. */
export function weekOf(day: string): { name: string; number: number; year: number; monday: string } {
  const at = new Date(`${day}T00:00:00Z`)
  const monday = new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * DAY)
  // A week belongs to the year in which its Thursday lies.
  const year = new Date(monday.getTime() + 3 * DAY).getUTCFullYear()
  const fourth = new Date(Date.UTC(year, 0, 4))
  const first = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * DAY
  const number = 1 + Math.round((monday.getTime() - first) / (7 * DAY))
  return { name: `${year}-W${String(number).padStart(2, '0')}`, number, year, monday: monday.toISOString().slice(0, 10) }
}

/** The periods of a kind up to the one in which the day lies, the latest first. */
export function choices(kind: ReportKind, today: string): Choice[] {
  const back = Array.from({ length: MANY[kind] }, (_, at) => at)
  if (kind === 'week')
    return back.map((at) => {
      const week = weekOf(new Date(Date.parse(`${today}T00:00:00Z`) - at * 7 * DAY).toISOString().slice(0, 10))
      const from = `${week.monday.slice(8)}/${week.monday.slice(5, 7)}`
      return { name: week.name, title: t('rp.week', { n: week.number, nam: week.year, ngay: from }) }
    })
  const now = holding(today, kind)
  return back.map((at) => {
    const period = further(now, -at)
    return { name: nameOf(period), title: titleOf(period) }
  })
}

/** Every period of these kinds, and which one is meant unless another is chosen: the last of the first kind that is over. */
export function offered(kinds: readonly ReportKind[], today: string): { all: Choice[]; usual: string } {
  const all = kinds.map((kind) => choices(kind, today))
  return { all: all.flat(), usual: all[0]?.[1]?.name ?? '' }
}
