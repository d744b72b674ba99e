// What the board says and when it says that something must be done: pure decisions from figures, so that they can be claimed in tests.
import type { Floor, OnFloor } from './contract'

export const AIM_WAITING = 5
export const AIM_WAIT_SECONDS = 60
export const AIM_SHARE = 0.8
export const AIM_ABANDONED = 0.05
export const STALE_AFTER_SECONDS = 10

/** Whether figures are too old to look fresh. */
export function isStale(toldAt: string | null, at: Date, connected: boolean): boolean {
  if (toldAt === null) return false
  return !connected || (at.getTime() - Date.parse(toldAt)) / 1000 > STALE_AFTER_SECONDS
}

export type Todo =
  | { kind: 'help'; name: string; reason: string }
  | { kind: 'lost'; name: string }
  | { kind: 'closed' }
  | { kind: 'long' }
  | { kind: 'callbacks'; count: number }

/** What must be done now, the most pressing first, at most `most`. */
export function todos(floor: Pick<Floor, 'operators' | 'queue' | 'callbacks'>, longestSeconds: number, most = 2): Todo[] {
  const found: Todo[] = []
  for (const each of floor.operators) if (each.help) found.push({ kind: 'help', name: each.name, reason: each.help.reason })
  if (longestSeconds > AIM_WAIT_SECONDS) found.push({ kind: 'long' })
  for (const each of floor.operators) if (each.state === 'disconnected') found.push({ kind: 'lost', name: each.name })
  if (floor.queue.open === false && floor.queue.waiting > 0) found.push({ kind: 'closed' })
  if (floor.callbacks) found.push({ kind: 'callbacks', count: floor.callbacks })
  return found.slice(0, most)
}

export type Alarm = 'long-wait' | 'lost-in-call'

export interface Heard {
  longSince: number | null
  said: boolean
  inCall: readonly number[]
}

export const NOTHING_HEARD: Heard = { longSince: null, said: false, inCall: [] }

/** Sounds are for two things, each once: a wait over its limit for a minute, and an operator who is lost during a call. */
export function alarms(before: Heard, operators: readonly Pick<OnFloor, 'account' | 'state' | 'call'>[], longestSeconds: number, at: number): { heard: Heard; play: Alarm[] } {
  const play: Alarm[] = []
  const over = longestSeconds > AIM_WAIT_SECONDS
  const longSince = over ? (before.longSince ?? at) : null
  const due = longSince !== null && at - longSince >= 60_000
  if (due && !before.said) play.push('long-wait')
  if (operators.some((each) => each.state === 'disconnected' && before.inCall.includes(each.account))) play.push('lost-in-call')
  const inCall = operators.filter((each) => each.call && each.state !== 'disconnected').map((each) => each.account)
  return { heard: { longSince, said: over && (before.said || due), inCall }, play }
}

export interface Quarter {
  start: string
  most_waiting: number
}

const QUARTER = 15 * 60_000
const KEPT = 48

/** The quarters of an hour that this board has seen, with one more glance at the queue. Twelve hours are kept. */
export function seen(quarters: readonly Quarter[], waiting: number, at: Date): Quarter[] {
  const start = new Date(Math.floor(at.getTime() / QUARTER) * QUARTER).toISOString()
  const last = quarters.at(-1)
  if (last?.start === start) return [...quarters.slice(0, -1), { start, most_waiting: Math.max(last.most_waiting, waiting) }]
  return [...quarters, { start, most_waiting: waiting }].slice(-KEPT)
}
