// What the service proposes for a slip, and which of it is shown: never against a person's choice, one at a time, the others when asked for. Pure.
import type { Told } from '../told'
import type { Values } from '../drafts/merging'
import { placeOf } from './slip'

export type Suggestion = Told<'Suggestion'>

export type Danger = Told<'DangerHeard'>

export type SimilarTicket = Told<'SimilarTicket'>

export type Suggestions = Told<'Suggestions'>

export const PROPOSED = ['topic', 'place', 'agency'] as const
export type Proposed = (typeof PROPOSED)[number]

/** What may be proposed for a field: nothing once somebody has chosen or typed there. */
export function offered(told: Suggestions | null, slip: Values, field: Proposed): Suggestion[] {
  return told && !slip[field] ? told[field] : []
}

/** The field whose proposal the key accepts: the one that holds the focus, else the first that has one. */
export function keyed(told: Suggestions | null, slip: Values, focused: string | null): Proposed | null {
  const open = PROPOSED.filter((field) => offered(told, slip, field).length > 0)
  return open.find((field) => field === focused) ?? open[0] ?? null
}

/** What a field says when a proposal is accepted. */
export function acceptedValue(field: Proposed, { value, name }: Suggestion): string {
  return field === 'place' ? `${value}|${name}` : value
}

/** What is asked: what was heard and written, and what was chosen already. */
export function question(slip: Values, call: string | null): Record<string, string> {
  const asked = { call, text: (slip.summary ?? '').trim(), topic: slip.topic, place: placeOf(slip.place ?? '').code }
  return Object.fromEntries(Object.entries(asked).filter((each): each is [string, string] => Boolean(each[1])))
}
