// Claims about what the panel decides by itself: shortcuts, drafts, words as they come, moves, the signs of a promise.
import { beforeEach, expect, test } from 'vitest'
import { FORMS, missing, request } from '../src/agency/moves'
import { standing } from '../src/agency/contract'
import type { Ticket } from '../src/agency/contract'
import { all, drop, keep, load } from '../src/drafts/device'
import type { WordsTold } from '../src/desk/contract'
import { heard, runs, text } from '../src/desk/words'
import type { Line } from '../src/desk/words'
import { share } from '../src/floor/share'
import { shortcut } from '../src/keys'
import { vi } from '../src/words/vi'
import { en } from '../src/words/en'
import { t } from '../src/words'

const press = (key: string, more: Record<string, unknown> = {}): Parameters<typeof shortcut>[0] => ({
  key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, repeat: false, isComposing: false, keyCode: 0,
  getModifierState: () => false, ...more,
})

test('no letter, digit or Vietnamese typing is ever a shortcut', () => {
  for (const key of 'abcdefghijklmnopqrstuvwxyz0123456789đâăơư') {
    for (const more of [{}, { altKey: true }, { shiftKey: true }, { ctrlKey: true, altKey: true }, { ctrlKey: true, shiftKey: true }])
      expect(shortcut(press(key, more))).toBe(null)
  }
  expect(shortcut(press('F2', { isComposing: true }))).toBe(null)
  expect(shortcut(press('F2', { keyCode: 229 }))).toBe(null)
  expect(shortcut(press('F2', { repeat: true }))).toBe(null)
  expect(shortcut(press('F2', { getModifierState: () => true }))).toBe(null)
  expect([shortcut(press('F2')), shortcut(press('Enter', { ctrlKey: true })), shortcut(press('k', { ctrlKey: true }))]).toEqual([
    'F2', 'Ctrl+Enter', 'Ctrl+k',
  ])
})

beforeEach(() => {
  for (const { key } of all(localStorage, 1, new Date())) drop(localStorage, 1, key)
})

const wrote = (summary: string): Parameters<typeof keep>[3] => ({ values: { summary }, base: {}, at: new Date().toISOString() })

test('a draft is there again, belongs to one person and one slip, and an empty one leaves nothing', () => {
  keep(localStorage, 1, 'call:a', wrote('Đường ngập'))
  expect(load(localStorage, 1, 'call:a').values).toEqual({ summary: 'Đường ngập' })
  expect(load(localStorage, 2, 'call:a').values).toEqual({})
  expect(load(localStorage, 1, 'call:b').values).toEqual({})
  expect(all(localStorage, 1, new Date()).map((each) => each.key)).toEqual(['call:a'])
  keep(localStorage, 1, 'call:a', wrote(''))
  expect(all(localStorage, 1, new Date())).toEqual([])
})

test('a store that is full or broken loses no page', () => {
  const full = { setItem: () => { throw new Error('full') } } as unknown as Storage
  expect(keep(full, 1, 'x', wrote('a'))).toBe(false)
  localStorage.setItem('hotline.draft.1.broken', '{')
  expect(load(localStorage, 1, 'broken').values).toEqual({})
})

const message = (more: Partial<WordsTold>): WordsTold => ({
  call: 'c', leg: 'l', side: 'caller', kind: 'final', number: 1, start: 0, end: 1, text: '', reason: null,
  words: [{ w: 'đường', start: 0, end: 1, doubt: null }], ...more,
})

test('final words stay, provisional ones are replaced, and what comes twice is there once', () => {
  let lines: Line[] = []
  lines = heard(lines, message({ kind: 'partial', number: 0 }))
  expect(lines.map((line) => line.provisional)).toEqual([true])
  lines = heard(lines, message({}))
  lines = heard(lines, message({}))
  expect(lines.map((line) => line.provisional)).toEqual([false])
  lines = heard(lines, message({ leg: 'm', side: 'operator', start: 0.5 }))
  lines = heard(lines, message({ number: 2, start: 0.2, words: [{ w: 'ngập', start: 0.2, end: 0.4, doubt: 'nhỏ' }] }))
  expect(lines.map((line) => line.start)).toEqual([0, 0.2, 0.5])
  lines = heard(lines, message({ kind: 'partial', number: 0, start: 3 }))
  lines = heard(lines, message({ kind: 'ended', number: 9 }))
  expect(lines.some((line) => line.provisional)).toBe(false)
  expect(text(lines, 'caller')).toBe('đường. ngập')
})

test('doubtful neighbours share one mark', () => {
  const words = ['a', 'b', 'c', 'd'].map((w, at) => ({ w, start: at, end: at + 1, doubt: at === 1 || at === 2 ? 'nhỏ' : null }))
  expect(runs(words).map((run) => [run.doubt, run.words.length])).toEqual([[null, 1], ['nhỏ', 2], [null, 1]])
})

test('six hours of words cost no more than a glance each', () => {
  let lines: Line[] = []
  for (let number = 1; number <= 2000; number += 1) lines = heard(lines, message({ number, start: number * 10 }))
  expect(lines.length).toBe(2000)
})

test('a move says what was filled in, and what is missing is named', () => {
  expect(request('ask-extension', { amount: '2', reason: ' vì mưa ' })).toEqual({ move: 'ask-extension', amount: '2wd', reason: 'vì mưa' })
  expect(missing('draft', { text: '  ' }).map((field) => field.name)).toEqual(['text'])
  expect(missing('resume', {})).toEqual([])
  expect(Object.keys(FORMS)).toContain('accept')
})

test('a promise has a sign for each way that it can stand', () => {
  const ticket = (more: object, stops: object[] = []): Ticket =>
    ({ deadlines: [{ clock: 'answer', due: '2026-11-27T02:00:00Z', ended: null, breached_at: null, ...more }], stops }) as unknown as Ticket
  const at = (text_: string): Date => new Date(text_)
  expect(standing(ticket({}), at('2026-11-25T02:00:00Z'))).toBe('ontime')
  expect(standing(ticket({}), at('2026-11-27T02:00:01Z'))).toBe('late')
  expect(standing(ticket({}, [{ start: '', end: null }]), at('2026-11-28T02:00:00Z'))).toBe('paused')
  expect(standing(ticket({ ended: 'met' }), at('2026-11-28T02:00:00Z'))).toBe('met')
  expect(standing(ticket({ ended: 'met', breached_at: 'x' }), at('2026-11-28T02:00:00Z'))).toBe('missed')
})

test('under twenty calls there is no percentage', () => {
  expect(share(4, 5)).toEqual({ figure: '4 / 5', counts: '4 / 5' })
  expect(share(84, 100).figure).toBe('84%')
  expect(share(0, 0).figure).toBe('–')
})

test('both languages have the same words, and a value is never markup', () => {
  expect(Object.keys(en)).toEqual(Object.keys(vi))
  expect(t('call.dialling', { so: '<b>1</b>' })).toContain('<b>1</b>')
  expect(Object.values(vi).filter((words) => words !== words.normalize('NFC'))).toEqual([])
})
