// Claims about what the telephone and the desk decide by themselves: how sound fares, the last minutes, when words were said, what is read back.
import { expect, test } from 'vitest'
import { Alignment } from '../src/desk/alignment'
import { pieces } from '../src/desk/reading'
import { unclearSeconds } from '../src/desk/words'
import { refusal } from '../src/phone/microphone'
import { figures, Hearing, Speaking } from '../src/phone/quality'
import { heardState } from '../src/phone/standing'
import { Tape, thinned } from '../src/phone/tape'

test('the service says what a call is, the page only how its sound fares', () => {
  const live = { standing: 'live', deafFor: 0, muted: false } as const
  expect(heardState('talking', live)).toBe('talking')
  expect(heardState('talking', { ...live, muted: true })).toBe('muted')
  expect(heardState('talking', { ...live, deafFor: 5, muted: true })).toBe('no-audio')
  expect(heardState('held', { ...live, deafFor: 60 })).toBe('held')
  expect(heardState('held', { ...live, standing: 'broken' })).toBe('reconnecting')
  for (const state of ['ready', 'paused', 'ringing', 'wrap-up', 'off', 'elsewhere'])
    expect(heardState(state, { standing: 'broken', deafFor: 9, muted: true })).toBe(state)
})

test('a citizen who is silent is heard: packets count, not loudness', () => {
  const hearing = new Hearing()
  expect(hearing.deafFor(10, 0)).toBe(0)
  expect(hearing.deafFor(60, 1000)).toBe(0)
  expect(hearing.deafFor(60, 5900)).toBe(4)
  expect(hearing.deafFor(60, 6000)).toBe(5)
  expect(hearing.deafFor(61, 7000)).toBe(0)
})

test('two seconds of speech into a microphone that is off are told, a cough is not', () => {
  const speaking = new Speaking()
  expect(speaking.hears(0.1, 0)).toBe(false)
  for (let at = 200; at <= 1400; at += 200) expect(speaking.hears(0.001, at)).toBe(false)
  const said = [1600, 1800, 2200, 2800, 3400, 3600].map((at) => speaking.hears(0.1, at))
  expect(said).toEqual([false, false, false, false, false, true])
})

test('figures are read from whatever the browser tells, and nothing told is zero', () => {
  const told = [
    { type: 'inbound-rtp', kind: 'audio', packetsReceived: 5, totalAudioEnergy: 0.5, packetsLost: 1, codecId: 'c' },
    { type: 'outbound-rtp', kind: 'audio', packetsSent: 6 },
    { type: 'media-source', kind: 'audio', totalAudioEnergy: 0.25 },
    { type: 'codec', id: 'c', mimeType: 'audio/opus' },
  ]
  expect(figures(told)).toEqual({ received: 5, heard: 0.5, lost: 1, sent: 6, said: 0.25, codec: 'audio/opus' })
  expect(figures([])).toEqual({ received: 0, heard: 0, lost: 0, sent: 0, said: 0, codec: '' })
})

test('a refusal of the microphone is said by what can be done about it', () => {
  const named = (name: string): Error => Object.assign(new Error(), { name })
  expect(['NotAllowedError', 'NotReadableError', 'NotFoundError'].map((name) => refusal(named(name)))).toEqual(['denied', 'busy', 'none'])
  expect(refusal('odd')).toBe('none')
})

test('the tape gives what sounded between two instants and forgets what is older than it is long', () => {
  const tape = new Tape(10, 4)
  for (let second = 1; second <= 6; second += 1) tape.push(new Float32Array(10).fill(second / 10), second * 1000)
  expect([...tape.cut(5000, 6000)].every((sample) => Math.abs(sample - 0.6) < 0.001)).toBe(true)
  expect(tape.cut(0, 6000).length).toBe(40)
  expect(tape.cut(6000, 9000).length).toBe(0)
  expect(tape.loudness(5000, 6000)).toBeCloseTo(0.6, 2)
  expect(new Tape(10, 4).cut(0, 1000).length).toBe(0)
})

test('sound is thinned by its means', () => {
  expect([...thinned(new Float32Array([1, 0, 0.5, 0.5, 1]), 2)]).toEqual([0.5, 0.5])
})

test('the instant of a word is known from the quickest of its leg’s messages', () => {
  const alignment = new Alignment()
  expect(alignment.at('leg', 1)).toBe(null)
  alignment.take('leg', 2, 5000)
  alignment.take('leg', 4, 6400)
  alignment.take('leg', 5, 9000)
  expect(alignment.at('leg', 4)).toBe(6000)
  expect(alignment.at('other', 4)).toBe(null)
})

test('of an utterance that is mostly doubtful one sentence is shown', () => {
  const words = (doubts: readonly (string | null)[]): Parameters<typeof unclearSeconds>[0] =>
    doubts.map((doubt, at) => ({ w: 'a', start: at, end: at + 1, doubt }))
  expect(unclearSeconds(words(['x', 'x', null]))).toBe(3)
  expect(unclearSeconds(words(['x', null, null]))).toBe(null)
  expect(unclearSeconds(words(['x', 'x']))).toBe(null)
  expect(unclearSeconds([])).toBe(null)
})

test('a gap in what is read leads to its field, and brackets that somebody wrote do not', () => {
  expect(pieces({ text: 'Nơi xảy ra là [chưa có số nhà, ấp], [chưa có xã, phường].', missing: ['address', 'place'] })).toEqual([
    { text: 'Nơi xảy ra là ', field: null },
    { text: 'chưa có số nhà, ấp', field: 'address' },
    { text: ', ', field: null },
    { text: 'chưa có xã, phường', field: 'place' },
    { text: '.', field: null },
  ])
  expect(pieces({ text: 'Ông phản ánh [sic] đường ngập.', missing: [] })).toEqual([{ text: 'Ông phản ánh [sic] đường ngập.', field: null }])
  expect(pieces({ text: '[chưa chọn cơ quan]', missing: ['agency'] }).map((each) => each.field)).toEqual(['topic'])
})
