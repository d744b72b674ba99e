// What a rule file is made of, read from its text without understanding it: the named parts below a key, their lines, what they lead to. Pure.

export interface Part {
  name: string
  /** The line on which it begins, from 1. */
  line: number
  body: string[]
}

/** The parts that stand, two spaces in, below a top-level key. */
export function parts(text: string, key: string): Part[] {
  const found: Part[] = []
  let inside = false
  text.split('\n').forEach((line, at) => {
    if (/^\S/.test(line) && !line.startsWith('#')) inside = line.startsWith(`${key}:`)
    if (!inside) return
    const name = /^ {2}["']?([\p{L}0-9_-]+)["']?:/u.exec(line)?.[1]
    if (name) found.push({ name, line: at + 1, body: [] })
    else if (/^ {3,}\S/.test(line) && !/^\s*#/.test(line)) found.at(-1)?.body.push(line.trim())
  })
  return found
}

export const VERBS = ['play', 'gather', 'record', 'queue', 'lookup', 'look-up', 'emit', 'go', 'hangup', 'say', 'collect'] as const

/** Ways out that are not keys, in the order in which a flow names them. */
export const WAYS = [
  'then', 'else', 'digits', 'no_input', 'no_match', 'give_up', 'spoken', 'silent', 'failed', 'answered', 'unanswered', 'found', 'not_found', 'ok',
] as const

export interface Step {
  name: string
  line: number
  verb: string
  /** What it says or asks: names of prompts. */
  says: string
  exits: { key: string; to: string }[]
}

/** The steps of a flow, with the ways out of each. */
export function steps(text: string): Step[] {
  const nodes = parts(text, 'nodes')
  const names = new Set(nodes.map((node) => node.name))
  return nodes.map((node) => {
    const first = /^([a-z_-]+):\s*(.*)$/.exec(node.body[0] ?? '')
    return {
      name: node.name,
      line: node.line,
      verb: first?.[1] ?? '',
      says: /^\[/.test(first?.[2] ?? '') ? (first?.[2] ?? '').replace(/[[\]]/g, '') : '',
      exits: node.body.flatMap((line) => exitOf(line, names)),
    }
  })
}

function exitOf(line: string, names: ReadonlySet<string>): { key: string; to: string }[] {
  const told = /^(?:- )?["']?([^"':{]+)["']?:\s*(.*)$/.exec(line)
  const to = /\bgo: ?([a-z0-9-]+)/.exec(line)?.[1] ?? /^["']?([a-z0-9-]+)["']?$/.exec(told?.[2] ?? '')?.[1]
  const isWay = line.startsWith('- ') || /^["']/.test(line) || (WAYS as readonly string[]).includes(told?.[1] ?? '')
  if (!to || !isWay || !names.has(to)) return []
  const key = line.startsWith('- ') ? (/if: ?\[([^\]]*)\]/.exec(line)?.[1] ?? '') : (told?.[1] ?? '')
  return [{ key: key.trim(), to }]
}

/** A value of a part's body by name, without quotes. */
export function valueOf(part: Part, name: string): string | null {
  const line = part.body.find((each) => each.startsWith(`${name}:`))
  return line?.slice(name.length + 1).trim().replace(/^["']|["']$/g, '') ?? null
}

/** Where in a text a line begins and ends, for putting the cursor there. */
export function lineAt(text: string, line: number): { start: number; end: number } {
  const lines = text.split('\n')
  const before = lines.slice(0, Math.max(0, line - 1))
  const start = before.reduce((sum, each) => sum + each.length + 1, 0)
  return { start, end: start + (lines[line - 1]?.length ?? 0) }
}

/** A value that goes on over several lines (`>-`), as one. */
export function folded(part: Part, name: string): string {
  const at = part.body.findIndex((line) => line.startsWith(`${name}:`))
  if (at < 0) return ''
  const first = valueOf(part, name) ?? ''
  if (!/^[>|]/.test(first)) return first
  const rest = part.body.slice(at + 1)
  const end = rest.findIndex((line) => /^[a-z_]+: |^[a-z_]+:$/.test(line))
  return rest.slice(0, end < 0 ? rest.length : end).join(' ')
}
