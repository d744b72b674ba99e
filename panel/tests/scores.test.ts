// Claims about what the pages of scores and of operators' surveys decide by themselves.
import { expect, test } from 'vitest'
import type { Figures } from '../src/scores/contract'
import { decimal, onTime, ordered, percent, solved } from '../src/scores/figures'
import { asKind, further, holding, nameOf, read, upTo } from '../src/scores/period'
import type { Period } from '../src/scores/period'
import { answered, toAsk } from '../src/surveys/asked'
import type { Question, QuestionAsked } from '../src/surveys/contract'
import { scores } from '../src/words/scores'
import { surveys } from '../src/words/surveys'

const agency = (name: string, more: Partial<Figures>): Figures =>
  ({ agency: name, agency_name: name, rank: null, n: 0, low: null, composite_low: null, counts: {}, decision_766: { on_time: null }, response_rate: null, ...more }) as unknown as Figures
const known = (name: string): Period => {
  const found = read(name)
  if (!found) throw new Error(`no period: ${name}`)
  return found
}
const names = (all: readonly Figures[]): string => all.map((each) => each.agency_name).join(' ')

test('a period is named as the service names it, and every name is read back', () => {
  for (const name of ['2026-11', '2026-Q4', '2026-H2', '2026']) expect(nameOf(known(name))).toBe(name)
  for (const none of ['2026-13', '2026-Q5', '2026-H0', '26', '2026-1', '']) expect(read(none)).toBeNull()
})

test('the day decides the period, and the periods before it go over the turn of the year', () => {
  expect((['month', 'quarter', 'half', 'year'] as const).map((kind) => nameOf(holding('2026-02-28', kind)))).toEqual(['2026-02', '2026-Q1', '2026-H1', '2026'])
  expect(upTo(known('2026-02'), 4).map(nameOf)).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
  expect(nameOf(further(known('2025-Q4'), 1))).toBe('2026-Q1')
  expect(nameOf(further(known('2026-H1'), -1))).toBe('2025-H2')
  expect(nameOf(asKind(known('2026-Q3'), 'month'))).toBe('2026-09')
  expect(nameOf(asKind(known('2026-09'), 'half'))).toBe('2026-H2')
})

test('a ranking goes by the lower end, and whoever has too few answers stands last whichever way it goes', () => {
  const lucky = agency('may rủi', { n: 31, low: 0.6, composite_low: 62 })
  const sure = agency('chắc', { n: 400, low: 0.82, composite_low: 84 })
  const none = agency('chưa đủ', { n: 3 })
  expect(names(ordered([none, lucky, sure], 'csat', true))).toBe('chắc may rủi chưa đủ')
  expect(names(ordered([none, lucky, sure], 'csat', false))).toBe('may rủi chắc chưa đủ')
  expect(names(ordered([sure, none, lucky], 'name', false))).toBe('chắc chưa đủ may rủi')
})

test('a share tells its counts, and nothing is no nought', () => {
  const figures = agency('x', { counts: { solved: 6, solved_partly: 2, on_time: 4, due: 5 } })
  expect([solved(figures), onTime(figures)]).toEqual([{ part: 6, whole: 8, value: 0.75 }, { part: 4, whole: 5, value: 0.8 }])
  expect(onTime(agency('y', {})).value).toBeNull()
  expect([percent(0.9384), percent(null), decimal(81.44), decimal(0)]).toEqual(['93,8%', '–', '81,4', '0,0'])
})

const QUESTIONS = (['consent', 'resolved', 'satisfaction', 'time', 'comment', 'reopen'] as Question[]).map((question): QuestionAsked => ({ question, text: '', answers: [], only_if: null }))
const order = (marks: Parameters<typeof toAsk>[1]): string => toAsk(QUESTIONS, marks).map((each) => each.question).join(' ')

test('who does not agree is asked nothing more, who is content no reason, who has nothing solved no reopening', () => {
  expect(order({ consent: 2 })).toBe('consent')
  expect(order({ consent: 1, resolved: 1, satisfaction: 5 })).toBe('consent resolved satisfaction time')
  expect(order({ consent: 1, resolved: 1, satisfaction: 2 })).toBe('consent resolved satisfaction time comment reopen')
  expect(order({ consent: 1, resolved: 3, satisfaction: 4 })).toBe('consent resolved satisfaction time comment')
})

test('an answer that is changed takes back those that are no longer asked', () => {
  const unhappy = { consent: 1, resolved: 1, satisfaction: 1, time: 2, reopen: 1 }
  expect(answered(QUESTIONS, unhappy, 'satisfaction', 5)).toEqual({ consent: 1, resolved: 1, satisfaction: 5, time: 2 })
  expect(answered(QUESTIONS, unhappy, 'consent', 3)).toEqual({ consent: 3 })
  expect(answered(QUESTIONS, unhappy, 'time', null)).toEqual({ consent: 1, resolved: 1, satisfaction: 1, reopen: 1 })
})

test('both languages have the same words with the same values', () => {
  for (const area of [scores, surveys]) {
    expect(Object.keys(area.en)).toEqual(Object.keys(area.vi))
    const values = (words: string): string[] => [...words.matchAll(/\{([^}]+)\}/g)].map((found) => found[1] ?? '').sort()
    for (const [name, words] of Object.entries(area.vi)) expect(values((area.en as Record<string, string>)[name] ?? '')).toEqual(values(words))
  }
})
