// Claims about proposals: never against a choice, one key at a time, asked again when there is more to ask about, one request under way.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { asker } from '../src/asking'
import { acceptedValue, keyed, offered, question } from '../src/desk/proposals'
import type { Suggestions } from '../src/desk/proposals'
import { facts, place, placeOf, ticket } from '../src/desk/slip'
import { on, pressed } from '../src/keys'

const one = (value: string): Suggestions['topic'][number] => ({ value, name: value.toUpperCase(), reason: 'vì nghe “đường ngập”', words: [] })
const told: Suggestions = { topic: [one('cong-cong'), one('dien')], place: [one('29869')], agency: [], danger: [], similar: [], question: null }

test('nothing is proposed for what somebody has chosen or typed', () => {
  expect(offered(told, { topic: '' }, 'topic').map((each) => each.value)).toEqual(['cong-cong', 'dien'])
  expect(offered(told, { topic: 'dien' }, 'topic')).toEqual([])
  expect(offered(told, { place: place('', 'Mỹ Thọ') }, 'place')).toEqual([])
  expect(offered(null, {}, 'topic')).toEqual([])
})

test('the key takes the proposal of the field that is worked in, else the first one', () => {
  expect(keyed(told, {}, null)).toBe('topic')
  expect(keyed(told, {}, 'place')).toBe('place')
  expect(keyed(told, {}, 'agency')).toBe('topic')
  expect(keyed(told, { topic: 'dien' }, 'topic')).toBe('place')
  expect(keyed(told, { topic: 'dien', place: '1|x' }, null)).toBe(null)
})

test('a commune keeps its code and its name together, whatever stands in the name', () => {
  expect(acceptedValue('place', { value: '29869', name: 'Xã Mỹ Thọ', reason: '', words: [] })).toBe('29869|Xã Mỹ Thọ')
  expect(placeOf('29869|a|b')).toEqual({ code: '29869', name: 'a|b' })
  expect(placeOf(place('', ''))).toEqual({ code: '', name: '' })
  expect(facts({ place: place('', 'gần chợ'), urgent: '1', topic: '' })).toEqual({ topic: null, place: null, urgent: true })
  expect(ticket({ summary: ' Đường ngập ', place: place('', 'gần chợ') }, 'c', '0907')).toMatchObject({ summary: 'Đường ngập', place_words: 'gần chợ', number: '0907' })
})

test('what is asked has the words written and the choices made, and no empty parts', () => {
  expect(question({ summary: ' ngập ', topic: 'dien', place: '1|x' }, 'call-1')).toEqual({ call: 'call-1', text: 'ngập', topic: 'dien', place: '1' })
  expect(question({}, null)).toEqual({})
})

test('of several that hear a key the last one is asked first, and hands on what is not for it', () => {
  const done: string[] = []
  const ends = [on('F2', () => Boolean(done.push('answer'))), on('F2', () => false)]
  expect(pressed('F2')).toBe(true)
  ends.push(on('F2', () => Boolean(done.push('accept'))))
  pressed('F2')
  expect(done).toEqual(['answer', 'accept'])
  ends.forEach((end) => end())
  expect(pressed('F2')).toBe(false)
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('one request is under way at a time, and what was said meanwhile is asked once more', async () => {
  const asked: string[] = []
  const answers: ((text: string) => void)[] = []
  const taken: string[] = []
  const asking = asker(
    (said: string) => new Promise<string>((resolve) => { asked.push(said); answers.push(resolve) }),
    (answer) => taken.push(answer),
    () => undefined,
    1500,
  )
  asking.want('đường')
  asking.want('đường ngập')
  await vi.advanceTimersByTimeAsync(1499)
  expect(asked).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toEqual(['đường ngập'])
  asking.want('đường ngập sâu')
  asking.want('đường ngập sâu lắm')
  await vi.advanceTimersByTimeAsync(9000)
  expect(asked.length).toBe(1)
  answers[0]?.('một')
  await vi.advanceTimersByTimeAsync(1500)
  expect([asked.at(-1), taken]).toEqual(['đường ngập sâu lắm', ['một']])
  asking.end()
  answers[1]?.('hai')
  await vi.advanceTimersByTimeAsync(1500)
  expect(taken).toEqual(['một'])
})

test('a refusal leaves what was proposed before, and the next words are asked about', async () => {
  const asked: string[] = []
  const asking = asker((said: string) => { asked.push(said); return Promise.reject(new Error('away')) }, () => expect.unreachable(), () => undefined, 10)
  asking.want('a')
  await vi.advanceTimersByTimeAsync(20)
  asking.want('b')
  await vi.advanceTimersByTimeAsync(20)
  expect(asked).toEqual(['a', 'b'])
})
