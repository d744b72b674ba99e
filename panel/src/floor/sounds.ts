// The two short tones of the board. Without a person's press a browser may keep silent: then nothing is heard, and nothing fails.
import type { Alarm } from './wall'

const HERTZ: Record<Alarm, number> = { 'long-wait': 660, 'lost-in-call': 440 }
const SECONDS = 0.4
let context: AudioContext | null = null

/** Let sounds be heard from now on; called by a press. */
export function unlock(): void {
  context ??= new AudioContext()
  void context.resume()
}

/** One tone, once. */
export function play(alarm: Alarm): void {
  if (!context) return
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.frequency.value = HERTZ[alarm]
  volume.gain.setValueAtTime(0.2, context.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + SECONDS)
  tone.connect(volume).connect(context.destination)
  tone.start()
  tone.stop(context.currentTime + SECONDS)
}
