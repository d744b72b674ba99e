// What is known of the number that calls, as `hotline1022/caller_card.py` tells it.
import type { Told } from '../told'
import { fetched } from '../fetched'
import type { Fetched } from '../fetched'

export type TicketOfCaller = Told<'TicketOfCaller'>

export type Caller = Told<'CallerTold'>

/** The card of a number; nothing is asked for a hidden one. */
export function callerCard(number: () => string | null): Fetched<Caller> {
  return fetched<Caller>(() => (number() ? `/api/callers/${encodeURIComponent(number() ?? '')}` : null))
}
