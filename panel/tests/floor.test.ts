// Claims about the leader's floor, the board, call-backs, listening again, and what administration decides by itself.
import { expect, test } from 'vitest'
import { shown as people } from '../src/admin/people'
import { hasDay, isSpecial, movedDay, weeks, withDay } from '../src/admin/calendar'
import type { Account, CalendarDay } from '../src/admin/contract'
import { diff, hunks } from '../src/admin/diff'
import { folded, lineAt, parts, steps, valueOf } from '../src/admin/outline'
import { after, inOrder } from '../src/calls/callbacks'
import type { Callback, Utterance } from '../src/calls/contract'
import { beginning, doubts, isUnclear, moved, saidAt } from '../src/calls/transcript'
import { agreed } from '../src/floor/listeners'
import { asking, inOrder as people_in_order, takers } from '../src/floor/needs'
import type { Floor, OnFloor } from '../src/floor/contract'
import { alarms, isStale, NOTHING_HEARD, seen, todos } from '../src/floor/wall'
import { fits, fold, sought } from '../src/fold'
import { merged } from '../src/query'
import { civil, field, inHours } from '../src/when'
import { admin } from '../src/words/admin'
import { calls } from '../src/words/calls'
import { floor } from '../src/words/floor'

const operator = (more: Partial<OnFloor>): OnFloor =>
  ({ account: 1, name: 'Lê Hoa', state: 'ready', call: null, since: '2026-11-26T03:00:00Z', reason_name: null, listeners: [], ...more }) as OnFloor
const CALL = { call: 'c1' } as OnFloor['call']

test('a board whose figures are older than ten seconds, or whose line is down, never looks fresh', () => {
  const told = '2026-11-26T03:00:00Z'
  expect(isStale(told, new Date('2026-11-26T03:00:10Z'), true)).toBe(false)
  expect(isStale(told, new Date('2026-11-26T03:00:11Z'), true)).toBe(true)
  expect(isStale(told, new Date('2026-11-26T03:00:01Z'), false)).toBe(true)
  expect(isStale(null, new Date(), false)).toBe(false)
})

test('at most two things are to be done, a request for help before all', () => {
  const floor_ = { queue: { waiting: 2, open: true }, callbacks: 4, operators: [operator({ state: 'disconnected' }), operator({ help: { reason: 'dân bức xúc', since: '' } })] } as unknown as Floor
  expect(todos(floor_, 90).map((each) => each.kind)).toEqual(['help', 'long'])
  expect(todos({ ...floor_, operators: [] }, 5)).toEqual([{ kind: 'callbacks', count: 4 }])
})

test('a long wait is heard once, after a minute; an operator lost in a call is heard once', () => {
  let heard = NOTHING_HEARD
  const heardAt = (seconds: number, wait: number, people_: OnFloor[] = []): string[] => {
    const told = alarms(heard, people_, wait, seconds * 1000)
    heard = told.heard
    return told.play
  }
  expect(heardAt(0, 61)).toEqual([])
  expect(heardAt(60, 121)).toEqual(['long-wait'])
  expect(heardAt(70, 131)).toEqual([])
  expect(heardAt(80, 0)).toEqual([])
  expect(heardAt(90, 0, [operator({ state: 'talking', call: CALL })])).toEqual([])
  expect(heardAt(95, 0, [operator({ state: 'disconnected', call: CALL })])).toEqual(['lost-in-call'])
  expect(heardAt(99, 0, [operator({ state: 'disconnected', call: CALL })])).toEqual([])
})

test('quarters of an hour keep the most who waited, twelve hours long', () => {
  let quarters = seen([], 1, new Date('2026-11-26T03:01:00Z'))
  quarters = seen(quarters, 4, new Date('2026-11-26T03:14:00Z'))
  quarters = seen(quarters, 2, new Date('2026-11-26T03:14:59Z'))
  expect(quarters).toEqual([{ start: '2026-11-26T03:00:00.000Z', most_waiting: 4 }])
  for (let at = 0; at < 60; at += 1) quarters = seen(quarters, at, new Date(Date.UTC(2026, 10, 26, 4, at * 15)))
  expect(quarters.length).toBe(48)
})

test('who owes most is named with a count', () => {
})

test('who asks for help longest comes first; a call is moved to somebody who is ready', () => {
  const all = [operator({ account: 1, help: { reason: '', since: '2' } }), operator({ account: 2, help: { reason: '', since: '1' } }), operator({ account: 3, state: 'paused' })]
  expect(asking(all).map((each) => each.account)).toEqual([2, 1])
  expect(takers(all, 1).map((each) => each.account)).toEqual([2])
  expect(people_in_order([operator({ state: 'paused' }), operator({ state: 'talking', name: 'Trần Ân' }), operator({ state: 'talking', name: 'Vũ An' })]).map((each) => each.name)).toEqual(['Vũ An', 'Trần Ân', 'Lê Hoa'])
})

test('the service says who listens: a reloaded page finds its own listening, an ended call ends it', () => {
  const heard = operator({ state: 'talking', call: CALL, listeners: [{ account: 9, name: 'Phạm Minh', mode: 'whisper' }] })
  expect(agreed(null, [heard], 9)?.mode).toBe('whisper')
  expect(agreed(null, [heard], 8), 'a namesake').toBe(null)
  const known = { account: 1, mode: 'listen', since: 'then' } as const
  expect(agreed(known, [heard], 9)).toEqual({ account: 1, mode: 'whisper', since: 'then' })
  expect(agreed(known, [operator({ state: 'talking', call: CALL })], 9), 'the telephone was not taken').toBe(null)
})

const callback = (more: Partial<Callback>): Callback => ({ id: 1, asked_at: '2026-11-26T01:00:00Z', due_at: null, taken_by: null, state: 'open', ...more }) as Callback

test('what I have taken comes first, then promises that are due, then whoever has waited longest', () => {
  const all = [
    callback({ id: 1, asked_at: '2026-11-25T01:00:00Z' }),
    callback({ id: 2, due_at: '2026-11-26T02:00:00Z' }),
    callback({ id: 3, due_at: '2026-11-26T09:00:00Z' }),
    callback({ id: 4, taken_by: { account: 7, name: 'Lan' } }),
    callback({ id: 5, taken_by: { account: 8, name: 'Hoa' } }),
    callback({ id: 6, state: 'done' }),
    callback({ id: 7, asked_at: '2026-11-20T01:00:00Z' }),
  ]
  expect(inOrder(all, 7, new Date('2026-11-26T03:00:00Z')).map((each) => each.id)).toEqual([4, 2, 7, 1, 3, 5])
  expect([after([1, 2, 3], 2), after([1, 2, 3], 3), after([1], 1)]).toEqual([3, 2, null])
})

const word = (w: string, start: number, doubt = false): Utterance['words'][number] => ({ w, start, end: start + 0.4, doubt, solid: false })
const SPOKEN: Utterance[] = [
  { side: 'caller', start: 0, end: 3, words: [word('trụ', 0), word('điện', 0.5, true), word('nghiêng', 1, true), word('ở', 1.5), word('ấp', 2), word('hai', 2.5), word('nhé', 2.7)] },
  { side: 'operator', start: 3, end: 5, words: [word('dạ', 3), word('nghe', 4)] },
  { side: 'caller', start: 6, end: 8, words: [word('mỹ', 6, true), word('thọ', 7)] },
]

test('doubtful neighbours are heard as one, an unclear utterance as a whole, each from a second before', () => {
  expect(doubts(SPOKEN).map((each) => [each.text, each.start])).toEqual([['điện nghiêng', 0.5], ['mỹ thọ', 6]])
  expect(SPOKEN.map(isUnclear)).toEqual([false, false, true])
  expect([beginning(6), beginning(0.5)]).toEqual([5, 0])
})

test('the word that is said is found; arrows go by word and by utterance and stop at the ends', () => {
  expect(saidAt(SPOKEN, 1.2)).toEqual({ utterance: 0, word: 2 })
  expect(saidAt(SPOKEN, 60)).toBe(null)
  expect(moved(SPOKEN, { utterance: 0, word: 6 }, 'ArrowRight')).toEqual({ utterance: 1, word: 0 })
  expect(moved(SPOKEN, { utterance: 1, word: 0 }, 'ArrowLeft')).toEqual({ utterance: 0, word: 6 })
  expect(moved(SPOKEN, { utterance: 0, word: 0 }, 'ArrowLeft')).toEqual({ utterance: 0, word: 0 })
  expect(moved(SPOKEN, { utterance: 0, word: 3 }, 'ArrowDown')).toEqual({ utterance: 1, word: 0 })
  expect(moved(SPOKEN, { utterance: 2, word: 1 }, 'ArrowDown')).toEqual({ utterance: 2, word: 1 })
})

test('words without marks find all; words with marks find what is written so', () => {
  expect(fold('Đường Ngập Ổ Gà')).toBe('duong ngap o ga')
  expect([fits('Đường ngập', 'duong'), fits('Đường ngập', 'đường'), fits('Dương Đình', 'đường'), fits('x', '')]).toEqual([1, 2, 0, 2])
  expect(sought(['Ma', 'Mã'], 'ma', (each) => each)).toEqual(['Ma', 'Mã'])
})

test('a query keeps what it was not asked to change', () => {
  expect(merged({ tim: 'a', trang: '2' }, { trang: undefined, so: '09' })).toEqual({ tim: 'a', so: '09' })
})

test('a chosen hour is meant in Vietnam, wherever the device stands', () => {
  expect(field(new Date('2026-11-26T09:30:00Z'))).toBe('2026-11-26T16:30')
  expect(civil('2026-11-26T16:30')).toBe('2026-11-26T16:30:00+07:00')
  expect(inHours(1, new Date('2026-11-26T09:31:00Z'))).toBe('2026-11-26T17:35')
})

test('a comparison shows what was taken out and put in, with a few lines around', () => {
  const lines = diff('a\nb\nc\nd', 'a\nB\nc\nd\ne')
  expect(lines.map((line) => line.sign + line.text)).toEqual([' a', '-b', '+B', ' c', ' d', '+e'])
  expect(hunks(diff('1\n2\n3\n4\n5\n6', '1\n2\n3\n4\n5\nX'), 1).map((line) => line?.text ?? null)).toEqual(['5', '6', 'X'])
  expect(hunks(diff('a', 'a'))).toEqual([])
})

const FLOW = `flow: default
start: greeting
nodes:
  greeting:
    play: [greeting]
    then: consent
  # a comment
  consent:
    go:
      - {if: [open-now, ready], go: menu}
    else: bye
  menu:
    gather: [menu]
    keys:
      "1": {go: consent, set: {topic: "1"}}
      "*": menu
  bye:
    hangup: yes
other:
  x:
`

test('a flow is a list of steps with what they do and where they lead', () => {
  const found = steps(FLOW)
  expect(found.map((step) => [step.name, step.line, step.verb])).toEqual([['greeting', 4, 'play'], ['consent', 8, 'go'], ['menu', 12, 'gather'], ['bye', 17, 'hangup']])
  expect(found[0]?.exits).toEqual([{ key: 'then', to: 'consent' }])
  expect(found[1]?.exits).toEqual([{ key: 'open-now, ready', to: 'menu' }, { key: 'else', to: 'bye' }])
  expect(found[2]?.exits).toEqual([{ key: '1', to: 'consent' }, { key: '*', to: 'menu' }])
})

test('a part of a file has values, also such that go on over lines; a line has a place in its text', () => {
  const [part] = parts('calendars:\n  state:\n    title: "giờ hành chính"\n    long: >-\n      một\n      hai\n    end: x\n', 'calendars')
  if (!part) throw new Error('no part')
  expect([valueOf(part, 'title'), folded(part, 'long')]).toEqual(['giờ hành chính', 'một hai'])
  expect(lineAt('ab\ncd\n', 2)).toEqual({ start: 3, end: 5 })
})

test('a month begins on its weekday, Monday first; a decided day is a row of the file', () => {
  const november = weeks(2026, 11, new Map())
  expect(november[0]?.map((cell) => cell?.day ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 1])
  expect(november.flat().filter(Boolean).length).toBe(30)
  expect(movedDay('2026-12-31', 'ArrowDown')).toBe('2027-01-07')
  const text = withDay('days:\n  - date: 2026-01-02\n', { date: '2026-11-24', working: false, reason: 'Ngày "Văn hóa"', source: 'QĐ 1' })
  expect(text).toContain('  - date: 2026-11-24\n    working: false\n    reason: "Ngày \\"Văn hóa\\""\n')
  expect([hasDay(text, '2026-11-24'), hasDay(text, '2026-11-25')]).toEqual([true, false])
})

test('an ordinary weekend is no special day; a holiday, a half day, a make-up day are', () => {
  const told = (date: string, kind: CalendarDay['kind'], name: string | null = null): CalendarDay => ({ date, kind, name, basis: null, hours: [] })
  expect([told('2026-11-28', 'rest'), told('2026-11-27', 'rest'), told('2026-11-28', 'makeup'), told('2026-11-26', 'working')].map(isSpecial)).toEqual([false, true, true, false])
})

test('people are found by given name', () => {
  const account = (id: number, display_name: string, more: Partial<Account> = {}): Account => ({ id, name: `n${id}`, display_name, role: 'officer', agency: 'a', agency_name: 'Sở A', locked: false, ...more }) as Account
  const all = [account(1, 'Trần Quốc Tuấn'), account(2, 'Lê Thanh Hà'), account(3, 'Đỗ Hải', { locked: true }), account(4, 'Võ Ân', { agency: 'b' }), account(5, 'Lê Lan', { role: 'operator', agency: null })]
  expect(people(all, { words: '', role: '', agency: '', locked: false }).map((each) => each.id)).toEqual([4, 2, 5, 1])
  expect(people(all, { words: 'so a tuan', role: '', agency: '', locked: false }).map((each) => each.id)).toEqual([1])
})

test('both languages have the same words here, written in one way', () => {
  for (const area of [floor, calls, admin]) {
    expect(Object.keys(area.en)).toEqual(Object.keys(area.vi))
    for (const words of Object.values(area.vi)) expect(words).toBe(words.normalize('NFC'))
  }
})
