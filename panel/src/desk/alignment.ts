// When words were said, by this device's clock: words come with the seconds of their leg, sound is kept by instants. Pure.

/** What a word at least takes from being said to being told, in milliseconds. */
const QUICKEST = 400

export class Alignment {
  private readonly zeros = new Map<string, number>()

  /** Words that end at a second of a leg have arrived at an instant. */
  take(leg: string, end: number, arrivedAt: number): void {
    const zero = arrivedAt - QUICKEST - end * 1000
    this.zeros.set(leg, Math.min(zero, this.zeros.get(leg) ?? zero))
  }

  /** The instant of a second of a leg; null for a leg of which nothing is known. */
  at(leg: string, second: number): number | null {
    const zero = this.zeros.get(leg)
    return zero === undefined ? null : zero + second * 1000
  }
}
