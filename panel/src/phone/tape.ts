// The last minutes of what the citizen said, in this page's memory while the call stands: to be heard again at once. It is never stored or sent.

export class Tape {
  private readonly samples: Int16Array
  private written = 0
  private endsAt = 0

  constructor(readonly rate: number, seconds: number) {
    this.samples = new Int16Array(rate * seconds)
  }

  /** Add a block whose last sample sounded at an instant (milliseconds). */
  push(block: Float32Array, endedAt: number): void {
    for (const sample of block) {
      this.samples[this.written % this.samples.length] = Math.max(-1, Math.min(1, sample)) * 32767
      this.written += 1
    }
    this.endsAt = endedAt
  }

  private place(at: number): number {
    const oldest = Math.max(0, this.written - this.samples.length)
    return Math.min(this.written, Math.max(oldest, this.written - Math.round(((this.endsAt - at) / 1000) * this.rate)))
  }

  /** What sounded between two instants, as far as it is still there. */
  cut(from: number, to: number): Float32Array<ArrayBuffer> {
    const [first, last] = [this.place(from), this.place(to)]
    const found = new Float32Array(Math.max(0, last - first))
    for (let at = 0; at < found.length; at += 1) found[at] = (this.samples[(first + at) % this.samples.length] ?? 0) / 32767
    return found
  }

  /** How loud it was between two instants: 0 to 1. */
  loudness(from: number, to: number): number {
    const found = this.cut(from, to)
    return found.length ? Math.sqrt(found.reduce((sum, sample) => sum + sample * sample, 0) / found.length) : 0
  }
}

/** One number of each `factor`: what speech needs, and no more. */
export function thinned(block: Float32Array, factor: number): Float32Array {
  const found = new Float32Array(Math.floor(block.length / factor))
  for (let at = 0; at < found.length; at += 1) {
    let sum = 0
    for (let step = 0; step < factor; step += 1) sum += block[at * factor + step] ?? 0
    found[at] = sum / factor
  }
  return found
}
