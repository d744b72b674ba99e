// What the slip of a citizen is made of, as text by field: the same names on the device, with the service, and in a clash. Pure.
import type { Values } from '../drafts/merging'
import type { WordKey } from '../words'

export const SLIP_FIELDS = ['summary', 'topic', 'place', 'agency', 'agency_reason', 'address', 'name', 'number', 'urgent'] as const
export type SlipField = (typeof SLIP_FIELDS)[number]

export const LABELS: Record<SlipField, WordKey> = {
  summary: 'slip.content',
  topic: 'slip.topic',
  place: 'slip.place',
  agency: 'slip.agency',
  agency_reason: 'desk.agency_reason',
  address: 'desk.address',
  name: 'slip.caller_name',
  number: 'slip.contact',
  urgent: 'desk.urgent',
}

/** A place is one field, so that code and name never come from two people: the commune's code, and what was typed or chosen. */
export function place(code: string, name: string): string {
  return code || name ? `${code}|${name}` : ''
}

export function placeOf(written: string): { code: string; name: string } {
  const [code = '', ...name] = written.split('|')
  return { code, name: name.join('|') }
}

/** What the service is asked about a slip that is still being written. */
export function facts(slip: Values): { topic: string | null; place: string | null; urgent: boolean } {
  return { topic: slip.topic || null, place: placeOf(slip.place ?? '').code || null, urgent: slip.urgent === '1' }
}

/** The slip as a new ticket is told to the service. */
export function ticket(slip: Values, call: string | null, callNumber: string | null): Record<string, unknown> {
  const { code, name } = placeOf(slip.place ?? '')
  return {
    channel: 'phone',
    summary: (slip.summary ?? '').trim().normalize('NFC'),
    ...facts(slip),
    place_words: code ? null : name || null,
    address: slip.address || null,
    citizen_name: slip.name || null,
    number: slip.number || callNumber,
    call,
  }
}
