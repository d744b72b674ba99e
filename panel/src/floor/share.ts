// A share as the board says it. Pure.

const FEWEST = 20

/** `84%` with its counts beside it; under twenty, where percentages jump, the counts alone. */
export function share(part: number, whole: number): { figure: string; counts: string } {
  const counts = `${part} / ${whole}`
  if (whole < FEWEST) return { figure: whole === 0 ? '–' : counts, counts }
  return { figure: `${Math.round((part / whole) * 100)}%`, counts }
}
