// Claims about drafts that two people write: different fields go together, one field that both changed is a clash, no word is lost.
import { expect, test } from 'vitest'
import { DRAFT_FIELDS, inserted, wordsOf } from '../src/agency/moves'
import { settled, taken, unsent } from '../src/drafts/merging'
import type { DraftTold, KeptField, Standing } from '../src/drafts/merging'

const kept = (value: string, version: number): KeptField => ({ value, version, by: 'Hà', at: '2026-11-26T02:00:00Z' })
const told = (version: number, fields: Record<string, KeptField>, aside: DraftTold['aside'] = {}): DraftTold => ({ key: 'call:c', version, at: null, fields, aside })
const here = (values: Record<string, string>, base: Standing['base'] = {}): Standing => ({ values, base, clashes: {} })

test('only what differs is sent, on the version that was seen', () => {
  expect(unsent(here({ summary: 'ngập', name: '' }))).toEqual({ summary: { value: 'ngập', base_version: 0 } })
  expect(unsent(here({ summary: 'ngập' }, { summary: { value: 'ngập', version: 3 } }))).toEqual({})
  expect(unsent(here({ summary: 'ngập sâu' }, { summary: { value: 'ngập', version: 3 } }))).toEqual({ summary: { value: 'ngập sâu', base_version: 3 } })
})

test('a field that nobody touched here follows the other; one that was touched does not', () => {
  const after = taken(here({ summary: 'của tôi', name: '' }), told(2, { name: kept('Bảy', 2) }))
  expect(after.values).toEqual({ summary: 'của tôi', name: 'Bảy' })
  expect([after.appeared, after.clashes]).toEqual([['name'], {}])
})

test('two texts in one field clash, are not sent, and both are there until somebody chooses', () => {
  const before = here({ summary: 'ngập sâu' }, { summary: { value: 'ngập', version: 1 } })
  const after = taken(before, told(2, { summary: kept('ngập nhẹ', 2) }))
  expect([after.values.summary, after.clashes.summary?.value, unsent(after)]).toEqual(['ngập sâu', 'ngập nhẹ', {}])
  expect(unsent(settled(after, 'summary', 'mine'))).toEqual({ summary: { value: 'ngập sâu', base_version: 2 } })
  expect(settled(after, 'summary', 'theirs')).toMatchObject({ values: { summary: 'ngập nhẹ' }, clashes: {} })
  expect(settled(after, 'summary', 'both').values.summary).toBe('ngập nhẹ\nngập sâu')
})

test('what was typed while a saving was under way is no clash with itself', () => {
  const before = here({ summary: 'đường ngập sâu' })
  const after = taken(before, told(1, { summary: kept('đường ngập', 1) }), { summary: 'đường ngập' })
  expect(after.clashes).toEqual({})
  expect(unsent(after)).toEqual({ summary: { value: 'đường ngập sâu', base_version: 1 } })
})

test('on another device the draft is there, and words that were put aside come back as a clash', () => {
  const fresh = here({ summary: '' })
  expect(taken(fresh, told(4, { summary: kept('ngập', 4) })).values.summary).toBe('ngập')
  const after = taken(fresh, told(4, { summary: kept('ngập', 4) }, { summary: { value: 'ngập của tôi', base_version: 1, at: '' } }))
  expect([after.values.summary, after.clashes.summary?.value]).toEqual(['ngập của tôi', 'ngập'])
})

test('words written without a network meet those written meanwhile as a clash', () => {
  const after = taken(here({ summary: 'viết lúc mất mạng' }), told(2, { summary: kept('viết ở máy khác', 2) }))
  expect(Object.keys(after.clashes)).toEqual(['summary'])
})

test('a draft that was sent elsewhere takes no word away here, and is not begun again by itself', () => {
  const after = taken(here({ summary: 'ngập' }, { summary: { value: 'ngập', version: 1 } }), told(2, {}))
  expect([after.values.summary, after.gone]).toEqual(['ngập', true])
  expect(taken(here({ summary: 'mới' }), told(2, {})).gone).toBe(false)
})

test('the same text from both is no clash, whichever way its marks were typed', () => {
  const after = taken(here({ summary: 'ngập'.normalize('NFD') }), told(2, { summary: kept('ngập', 2) }))
  expect([after.clashes, unsent(after)]).toEqual([{}, {}])
})

test('each move of a ticket has words of its own, and a draft of all of them is taken whole', () => {
  expect(wordsOf('refuse', { 'refuse.reason': 'trùng', 'return.reason': 'sai nơi' })).toEqual({ reason: 'trùng', guidance: '' })
  expect(new Set(DRAFT_FIELDS).size).toBe(DRAFT_FIELDS.length)
  expect(DRAFT_FIELDS.length).toBeLessThanOrEqual(40)
  expect(DRAFT_FIELDS.filter((name) => !/^[a-z][a-z0-9_.-]{0,39}$/.test(name))).toEqual([])
})

test('a template comes where the cursor is, on lines of its own, and what was written stays', () => {
  expect(inserted('', 0, 0, 'Mẫu.')).toEqual({ text: 'Mẫu.', at: 4 })
  expect(inserted('Trước sau', 6, 6, 'Mẫu.')).toEqual({ text: 'Trước \nMẫu.\nsau', at: 11 })
  expect(inserted('Trước\n', 6, 6, 'Mẫu.').text).toBe('Trước\nMẫu.')
})
