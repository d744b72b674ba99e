// The words of a call as they come: what is final stays, what may still change is replaced, both sides in order of time. Pure.
import type { HeardWord, WordsTold } from './contract'

export interface Line {
  key: string
  leg: string
  side: 'caller' | 'operator'
  start: number
  words: HeardWord[]
  provisional: boolean
  /** Why nothing was understood here; null for words. */
  reason: string | null
}

/** What is known of a call's words after one more message. Messages may come twice, and late. */
export function heard(lines: readonly Line[], message: WordsTold): Line[] {
  const provisional = `${message.leg}:now`
  const rest = lines.filter((line) => line.key !== provisional)
  if (message.kind === 'ended') return rest
  if (message.kind === 'partial') {
    if (message.words.length === 0) return rest
    return inOrder([...rest, { ...lineOf(message, provisional), provisional: true }])
  }
  const key = `${message.leg}:${message.number}`
  if (rest.some((line) => line.key === key)) return rest
  return inOrder([...rest, lineOf(message, key)])
}

function lineOf(message: WordsTold, key: string): Line {
  return {
    key,
    leg: message.leg,
    side: message.side,
    start: message.start,
    words: message.words,
    provisional: false,
    reason: message.kind === 'rejected' || message.kind === 'gap' ? (message.reason ?? '') : null,
  }
}

function inOrder(lines: Line[]): Line[] {
  return lines.sort((one, other) => one.start - other.start || Number(one.provisional) - Number(other.provisional))
}

/** Runs of words that are all doubtful or all not: neighbours share one mark. */
export function runs(words: readonly HeardWord[]): { doubt: string | null; words: HeardWord[] }[] {
  const found: { doubt: string | null; words: HeardWord[] }[] = []
  for (const word of words) {
    const last = found.at(-1)
    if (last && (last.doubt === null) === (word.doubt === null)) last.words.push(word)
    else found.push({ doubt: word.doubt, words: [word] })
  }
  return found
}

/** Seconds of an utterance of which more than a third is doubtful: one sentence says so, instead of a mark on every word. */
export function unclearSeconds(words: readonly HeardWord[]): number | null {
  const doubtful = words.filter((word) => word.doubt !== null).length
  const [first, last] = [words[0], words.at(-1)]
  if (!first || !last || words.length < 3 || doubtful * 3 <= words.length) return null
  return Math.max(1, Math.round(last.end - first.start))
}

/** Everything that one side has said, as plain text. */
export function text(lines: readonly Line[], side: 'caller' | 'operator'): string {
  return lines
    .filter((line) => line.side === side && !line.provisional)
    .map((line) => line.words.map((word) => word.w).join(' '))
    .filter(Boolean)
    .join('. ')
}
