// Looking for Vietnamese words: without diacritics finds all, with them finds what is written so, and finds it first. Pure.

/** Without diacritics, small: `Đường ngập` is `duong ngap`. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase()
}

/** How well `text` answers `query`: 2 as it is written, 1 without diacritics, 0 not at all. A query with diacritics wants them. */
export function fits(text: string, query: string): 0 | 1 | 2 {
  const wanted = query.normalize('NFC').trim().toLowerCase()
  if (!wanted) return 2
  const there = text.normalize('NFC').toLowerCase()
  if (wanted.split(/\s+/).every((word) => there.includes(word))) return 2
  const plain = fold(wanted)
  if (plain !== wanted) return 0
  const folded = fold(there)
  return plain.split(/\s+/).every((word) => folded.includes(word)) ? 1 : 0
}

/** Those that fit, the best first, otherwise in the order in which they came. */
export function sought<T>(items: readonly T[], query: string, text: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, fit: fits(text(item), query) }))
    .filter((each) => each.fit > 0)
    .sort((one, other) => other.fit - one.fit)
    .map((each) => each.item)
}
