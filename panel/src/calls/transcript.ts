// The words of a call that is over: which are doubtful, where to hear them again, which is said at a second. Pure.
import type { LoggedWord, Utterance } from './contract'

/** So much before a word a listener needs to understand it (seconds). */
export const BEFORE = 1

/** Neighbouring doubtful words, which share one mark. */
export interface Doubt {
  utterance: number
  from: number
  to: number
  start: number
  end: number
  text: string
}

/** When more of an utterance than this is doubtful, one line says so instead of speckles. */
const UNCLEAR_SHARE = 1 / 3

export function isUnclear(utterance: Utterance): boolean {
  const doubtful = utterance.words.filter((word) => word.doubt).length
  return utterance.words.length > 0 && doubtful / utterance.words.length > UNCLEAR_SHARE
}

/** Runs of words that are marked alike: neighbours share one mark. */
export function runs(words: readonly LoggedWord[]): { doubt: boolean; solid: boolean; words: { word: LoggedWord; at: number }[] }[] {
  const found: ReturnType<typeof runs> = []
  words.forEach((word, at) => {
    const last = found.at(-1)
    const solid = Boolean(word.solid)
    if (last && last.doubt === word.doubt && last.solid === solid) last.words.push({ word, at })
    else found.push({ doubt: word.doubt, solid, words: [{ word, at }] })
  })
  return found
}

/** Everything worth hearing again, in order of time; an unclear utterance is one. */
export function doubts(utterances: readonly Utterance[]): Doubt[] {
  return utterances.flatMap((utterance, number) => {
    if (isUnclear(utterance)) return [mark(utterance, number, 0, utterance.words.length - 1)]
    return runs(utterance.words)
      .filter((run) => run.doubt)
      .map((run) => mark(utterance, number, run.words[0]?.at ?? 0, run.words.at(-1)?.at ?? 0))
  })
}

function mark(utterance: Utterance, number: number, from: number, to: number): Doubt {
  const words = utterance.words.slice(from, to + 1)
  return {
    utterance: number,
    from,
    to,
    start: words[0]?.start ?? utterance.start,
    end: words.at(-1)?.end ?? utterance.end,
    text: words.map((word) => word.w).join(' '),
  }
}

/** Where to begin to hear a word. */
export function beginning(start: number): number {
  return Math.max(0, start - BEFORE)
}

export interface Place {
  utterance: number
  word: number
}

/** The word that is said at a second: the last that has begun and is not long over. Both sides may speak at once: the later one counts. */
export function saidAt(utterances: readonly Utterance[], second: number): Place | null {
  let found: { place: Place; start: number } | null = null
  utterances.forEach((utterance, number) => {
    if (second < utterance.start || second > utterance.end + BEFORE) return
    utterance.words.forEach((word, at) => {
      if (word.start <= second && second <= word.end + 0.5 && (!found || word.start >= found.start))
        found = { place: { utterance: number, word: at }, start: word.start }
    })
  })
  return (found as { place: Place } | null)?.place ?? null
}

/** The word that an arrow key leads to: left and right by word, up and down by utterance. */
export function moved(utterances: readonly Utterance[], from: Place, key: string): Place {
  const words = (number: number): number => utterances[number]?.words.length ?? 0
  if (key === 'ArrowRight') {
    if (from.word + 1 < words(from.utterance)) return { ...from, word: from.word + 1 }
    return words(from.utterance + 1) ? { utterance: from.utterance + 1, word: 0 } : from
  }
  if (key === 'ArrowLeft') {
    if (from.word > 0) return { ...from, word: from.word - 1 }
    return words(from.utterance - 1) ? { utterance: from.utterance - 1, word: words(from.utterance - 1) - 1 } : from
  }
  const next = from.utterance + (key === 'ArrowDown' ? 1 : -1)
  return words(next) ? { utterance: next, word: 0 } : from
}
