// Claims about what the page of reports decides by itself: which periods there are, and which one is meant.
import { expect, test } from 'vitest'
import { choices, offered, weekOf } from '../src/reports/periods'
import { reports } from '../src/words/reports'

test('a week is that of ISO 8601, also at the turn of the year', () => {
  expect(weekOf('2026-11-27')).toEqual({ name: '2026-W48', number: 48, year: 2026, monday: '2026-11-23' })
  expect(weekOf('2027-01-03').name).toBe('2026-W53')
  expect(weekOf('2027-01-04').name).toBe('2027-W01')
  expect(weekOf('2024-12-30').name).toBe('2025-W01')
})

test('the last period that is over is the one that is meant', () => {
  expect(offered(['month'], '2026-11-27').usual).toBe('2026-10')
  expect(offered(['week'], '2027-01-04').usual).toBe('2026-W53')
  expect(offered(['quarter', 'half', 'year'], '2026-11-27').usual).toBe('2026-Q3')
  expect(offered([], '2026-11-27').usual).toBe('')
})

test('periods follow each other backwards from today on, and none twice', () => {
  const names = offered(['month', 'quarter', 'half', 'year'], '2026-11-27').all.map((each) => each.name)
  expect(names.slice(0, 3)).toEqual(['2026-11', '2026-10', '2026-09'])
  expect(new Set(names).size).toBe(names.length)
  expect(choices('week', '2026-11-27')[1]).toEqual({ name: '2026-W47', title: 'Tuần 47/2026 (từ 16/11)' })
})

test('both languages have the same words', () => {
  expect(Object.keys(reports.en)).toEqual(Object.keys(reports.vi))
})
