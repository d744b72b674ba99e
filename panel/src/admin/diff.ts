// Two texts side by side, line by line: what was taken out, what was put in. Pure.

export interface DiffLine {
  sign: ' ' | '-' | '+'
  text: string
  /** The line's number in the new text; in the old one for what was taken out. */
  number: number
}

/** Every line of both texts in order. */
export function diff(before: string, after: string): DiffLine[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1
  let end = 0
  while (end < old.length - start && end < fresh.length - start && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end += 1
  const same = (text: string, number: number): DiffLine => ({ sign: ' ', text, number })
  return [
    ...fresh.slice(0, start).map((text, at) => same(text, at + 1)),
    ...middle(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end), start),
    ...fresh.slice(fresh.length - end).map((text, at) => same(text, fresh.length - end + at + 1)),
  ]
}

/** The longest common subsequence, by a table of the lengths of what is left. */
function middle(old: readonly string[], fresh: readonly string[], offset: number): DiffLine[] {
  const width = fresh.length + 1
  const left = new Uint32Array((old.length + 1) * width)
  const at = (one: number, other: number): number => left[one * width + other] ?? 0
  for (let one = old.length - 1; one >= 0; one -= 1)
    for (let other = fresh.length - 1; other >= 0; other -= 1)
      left[one * width + other] = old[one] === fresh[other] ? at(one + 1, other + 1) + 1 : Math.max(at(one + 1, other), at(one, other + 1))
  const lines: DiffLine[] = []
  let [one, other] = [0, 0]
  while (one < old.length || other < fresh.length) {
    const [was, is] = [old[one], fresh[other]]
    if (was !== undefined && was === is) lines.push({ sign: ' ', text: was, number: offset + other + 1 })
    if (was !== undefined && was === is) [one, other] = [one + 1, other + 1]
    else if (was !== undefined && (is === undefined || at(one + 1, other) >= at(one, other + 1))) {
      lines.push({ sign: '-', text: was, number: offset + one + 1 })
      one += 1
    } else {
      lines.push({ sign: '+', text: is ?? '', number: offset + other + 1 })
      other += 1
    }
  }
  return lines
}

/** The changes with a few lines around them; null stands for what is left out between. */
export function hunks(lines: readonly DiffLine[], around = 3): (DiffLine | null)[] {
  const kept = lines.map((_, at) => lines.slice(Math.max(0, at - around), at + around + 1).some((line) => line.sign !== ' '))
  const shown: (DiffLine | null)[] = []
  lines.forEach((line, at) => {
    if (kept[at]) shown.push(line)
    else if (at > 0 && kept[at - 1]) shown.push(null)
  })
  return shown
}
