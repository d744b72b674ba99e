// Claims about times and numbers as people here say them.
import { expect, test } from 'vitest'
import { clock, clockWithSeconds, code, exact, phoneNumber, said, timer } from '../src/time'

const NOW = new Date('2026-11-26T03:00:00Z') // 10:00 on a Thursday in Ho Chi Minh City

test.each([
  ['2026-11-26T09:30:00Z', '16:30 hôm nay'],
  ['2026-11-25T07:20:00Z', 'hôm qua 14:20'],
  ['2026-11-27T02:15:00Z', 'thứ Sáu 27/11, 09:15'],
  ['2026-11-29T02:15:00Z', 'Chủ nhật 29/11, 09:15'],
  ['2027-02-01T01:05:00Z', 'thứ Hai 01/02/2027, 08:05'],
  ['2026-11-26T17:30:00Z', 'thứ Sáu 27/11, 00:30'],
])('%s is said as %s', (at, words) => {
  expect(said(at, NOW)).toBe(words)
})

test('a table has the whole date, a day and a month with two digits', () => {
  expect(exact('2026-02-05T01:05:09Z')).toBe('05/02/2026 08:05')
  expect(clock('2026-02-05T17:05:09Z')).toBe('00:05')
  expect(clockWithSeconds('2026-02-05T01:05:09Z')).toBe('08:05:09')
})

test.each([
  [0, '00:00'],
  [137.9, '02:17'],
  [3737, '1:02:17'],
  [-4, '00:00'],
])('%s seconds are %s', (seconds, words) => {
  expect(timer(seconds)).toBe(words)
})

test.each([
  ['+84907123456', '0907 123 456'],
  ['+842773898989', '0277 3898 989'],
  ['*** *** 456', '*** *** 456'],
  ['+1202555', '+1202555'],
  ['<b>', '<b>'],
])('%s is read %s', (number, words) => {
  expect(phoneNumber(number)).toBe(words)
})

test('a code is read in two halves', () => {
  expect(code('12045678')).toBe('1204 5678')
})
