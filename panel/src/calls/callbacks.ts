// In which order people are called back. Pure.
import type { Callback } from './contract'

/** What comes first: what this person has taken, promises that are due, then whoever has waited longest. Taken by others comes last. */
export function inOrder(callbacks: readonly Callback[], account: number, at: Date): Callback[] {
  const rank = (each: Callback): number => {
    if (each.taken_by) return each.taken_by.account === account ? 0 : 4
    if (each.due_at === null) return 2
    return Date.parse(each.due_at) <= at.getTime() ? 1 : 3
  }
  return callbacks
    .filter((each) => each.state !== 'done')
    .sort((one, other) => rank(one) - rank(other) || (one.due_at ?? one.asked_at).localeCompare(other.due_at ?? other.asked_at))
}

/** The row that gets the focus when one is gone: the next, the one before when it was the last, none when it was alone. */
export function after(ids: readonly number[], gone: number): number | null {
  const at = ids.indexOf(gone)
  return ids[at + 1] ?? ids[at - 1] ?? null
}
