// A slip on its way: saved once, then what was asked to follow at once. What was saved stays saved, whatever becomes of the rest.
import { get, post, Problem } from '../api'
import type { Values } from '../drafts/merging'
import { t } from '../words'
import { facts, ticket } from './slip'

/** What follows when the slip is saved: nothing, on to the agency, an answer that was given, or a ticket that says the same already. */
export type Then = { then: 'keep' } | { then: 'send' } | { then: 'answer'; text: string } | { then: 'merge'; into: string }

export interface Saved {
  code: string
  agency: string
  agency_name: string
  agency_reason: string
  deadlines: { clock: string; due: string }[]
}

interface TicketFile {
  moves: { name: string }[]
  ticket: Saved
}

export interface Sent {
  ticket: Saved
  /** Why what should have followed did not; empty when it did. */
  refused: string
}

/** Save the slip; `once` makes every try of it the same. Throws Problem when it is not saved. */
export async function send(slip: Values, call: string | null, callNumber: string | null, then: Then, once: string): Promise<Sent> {
  const file = await post<TicketFile>('/api/tickets', ticket(slip, call, callNumber), { 'Idempotency-Key': once })
  try {
    return { ticket: await follow(file, slip, then), refused: '' }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { ticket: file.ticket, refused: error.detail || t('err.busy') }
  }
}

async function follow(file: TicketFile, slip: Values, then: Then): Promise<Saved> {
  const path = `/api/tickets/${file.ticket.code}`
  const move = async (said: Record<string, unknown>): Promise<Saved> => {
    await post(`${path}/moves`, { move: said })
    return (await get<TicketFile>(path).catch(() => file)).ticket
  }
  if (then.then === 'answer') return move({ move: 'answer-at-once', text: then.text.trim().normalize('NFC') })
  if (then.then === 'merge') return move({ move: 'merge', into: then.into })
  if (then.then === 'keep') return file.ticket
  const { topic, place } = facts(slip)
  if (file.moves.some((each) => each.name === 'classify')) await post(`${path}/moves`, { move: { move: 'classify', topic, place } })
  return move(route(slip))
}

/** To the agency of the rules, or to the one that was chosen; another one than the rules' needs its reason. */
function route(slip: Values): Record<string, unknown> {
  const reason = (slip.agency_reason ?? '').trim().normalize('NFC')
  return { move: 'route', ...(slip.agency ? { agency: slip.agency } : {}), ...(slip.agency && reason ? { reason } : {}) }
}
