// What the service says of tickets, as far as these pages read it.
import type { Told } from '../told'
import type { Standing } from '../components/Standing.vue'

export type Deadline = Told<'Deadline'>

export type Ticket = Told<'Ticket'>

export type TicketFile = Told<'TicketFile'>

export type Photo = Told<'Photo'>

export type Group = 'overdue' | 'today' | 'coming' | 'paused'

/** A ticket on which the reader's side owes something. */
export type InboxLine = Told<'InboxLine'>

export type Inbox = Told<'Inbox'>

/** Something that waits for the yes of an agency's head. */
export type Approval = Told<'Approval'>

export type JournalEntry = Told<'JournalEntry'>

/** The promise that the citizen was given, or the one that runs. */
export function answerDue(ticket: Ticket): Deadline | null {
  return ticket.deadlines.find((each) => each.clock === 'answer' && each.ended === null) ?? ticket.deadlines.find((each) => each.clock === 'answer') ?? null
}

/** The sign of a group of the inbox. */
export const SIGN_OF: Record<Group, Standing> = { overdue: 'late', today: 'today', coming: 'ontime', paused: 'paused' }

/** How a ticket stands with its promise, at an instant. */
export function standing(ticket: Ticket, at: Date): Standing | null {
  const due = answerDue(ticket)
  if (!due) return null
  if (due.ended !== null) return due.breached_at ? 'missed' : 'met'
  if (ticket.stops.some((stop) => stop.end === null)) return 'paused'
  const left = Date.parse(due.due) - at.getTime()
  if (left < 0) return 'late'
  return left < 86_400_000 && new Date(due.due).toDateString() === at.toDateString() ? 'today' : 'ontime'
}
