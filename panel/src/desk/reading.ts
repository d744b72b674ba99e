// A sentence that is read to the citizen, cut at its gaps: each gap in square brackets asks for a field of the slip. Pure.
import type { Told } from '../told'

export type Sentence = Told<'Sentence'>

export interface Piece {
  text: string
  /** The field of the slip that this gap leads to; null for words. */
  field: string | null
}

/** The service's names of fields, and what the slip calls them. An agency is missing for want of a topic. */
const FIELDS: Record<string, string> = { citizen_name: 'name', agency: 'topic' }

export function pieces({ text, missing }: Sentence): Piece[] {
  if (missing.length === 0) return [{ text, field: null }]
  let gap = 0
  return text
    .split(/(\[[^[\]]*\])/)
    .filter(Boolean)
    .map((part) => {
      const name = part.startsWith('[') ? missing[gap++] : undefined
      return name ? { text: part.slice(1, -1), field: FIELDS[name] ?? name } : { text: part, field: null }
    })
}
