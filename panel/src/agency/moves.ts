// What somebody must say to make each move, as fields of a form. A move that is not here has no form in the panel yet.
import type { WordKey } from '../words'

export interface MoveField {
  name: string
  label: WordKey
  kind: 'text' | 'short' | 'days' | 'how'
  optional?: boolean
}

const REASON: MoveField = { name: 'reason', label: 'ag.reason', kind: 'short' }
const TEXT: MoveField = { name: 'text', label: 'ag.text', kind: 'text' }

export const FORMS: Readonly<Record<string, readonly MoveField[]>> = {
  accept: [],
  return: [{ ...REASON, label: 'mv.return_reason' }],
  work: [],
  'ask-citizen': [{ name: 'question', label: 'ag.question', kind: 'text' }],
  resume: [{ ...TEXT, optional: true }],
  draft: [TEXT],
  'send-back': [REASON],
  approve: [],
  progress: [TEXT],
  'ask-extension': [{ name: 'amount', label: 'ag.days', kind: 'days' }, REASON],
  'grant-extension': [],
  'decline-extension': [REASON],
  contribute: [TEXT],
  object: [REASON],
  tell: [{ name: 'how', label: 'ag.how', kind: 'how' }],
  inform: [TEXT],
  'answer-at-once': [TEXT],
  route: [],
  'undo-route': [],
  recall: [REASON],
  refuse: [REASON, { name: 'guidance', label: 'ag.guidance', kind: 'text' }],
  separate: [REASON],
  raise: [REASON],
}

/** What a draft calls a field of a move: each move has its own words. */
export function draftName(move: string, field: string): string {
  return `${move}.${field}`
}

/** Every field that a draft of a ticket can have. */
export const DRAFT_FIELDS: readonly string[] = Object.entries(FORMS).flatMap(([move, fields]) => fields.map((field) => draftName(move, field.name)))

/** The words of a draft that belong to a move, by field. */
export function wordsOf(move: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries((FORMS[move] ?? []).map((field) => [field.name, values[draftName(move, field.name)] ?? '']))
}

/** The kind of answer template that a move's words can begin with. */
export const TEMPLATE_KINDS: Readonly<Record<string, string>> = {
  draft: 'answer',
  'answer-at-once': 'answer',
  'ask-citizen': 'question',
  progress: 'progress',
  refuse: 'refusal',
  return: 'return',
}

/** A text with a piece put in where the cursor is, on lines of its own between other words; and where the cursor is then. */
export function inserted(text: string, start: number, end: number, piece: string): { text: string; at: number } {
  const [before, after] = [text.slice(0, start), text.slice(end)]
  const head = before && !before.endsWith('\n') ? `${before}\n` : before
  const tail = after && !after.startsWith('\n') ? `\n${after}` : after
  return { text: `${head}${piece}${tail}`, at: head.length + piece.length }
}

/** What is sent for a move: only what was filled in, in the unit that the service counts with. */
export function request(move: string, said: Readonly<Record<string, string>>): Record<string, string> {
  const filled: Record<string, string> = { move }
  for (const field of FORMS[move] ?? []) {
    const value = (said[field.name] ?? '').trim().normalize('NFC')
    if (value) filled[field.name] = field.kind === 'days' ? `${value}wd` : value
  }
  return filled
}

/** The fields that must be filled and are not. */
export function missing(move: string, said: Readonly<Record<string, string>>): MoveField[] {
  return (FORMS[move] ?? []).filter((field) => !field.optional && !(said[field.name] ?? '').trim())
}
