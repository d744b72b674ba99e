// What the service says of operators and calls, as `telephony/floor/telling.py` writes it.
import type { Told } from '../told'

export type CallTold = Told<'CallTold'>

export type OperatorState = OperatorTold['state']

/** Somebody who hears an operator's call: only hears, speaks to the operator alone, speaks to both. */
export type Listener = Told<'ListenerTold'>

export type OperatorTold = Told<'OperatorTold'>

export type QueueTold = Told<'QueueTold'>

export type FloorTold = Told<'FloorTold'>

export interface HeardWord {
  w: string
  start: number
  end: number
  doubt: string | null
}

export interface WordsTold {
  call: string
  leg: string
  side: 'caller' | 'operator'
  kind: 'partial' | 'final' | 'rejected' | 'gap' | 'ended'
  number: number
  start: number
  end: number
  text: string
  reason: string | null
  words: HeardWord[]
}
