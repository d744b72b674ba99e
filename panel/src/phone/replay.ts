// Hearing again what the citizen said a moment ago, in the headset, softer than the call; not over words that are being spoken.
import { ref } from 'vue'
import { outlet } from './sounds'
import { Tape, thinned } from './tape'

const RATE = 16_000
const KEPT_SECONDS = 600
/** Twelve decibels softer than it was. */
const SOFTER = 0.25
const SPOKEN = 0.02
const JUST_NOW = 700

/** The instant (milliseconds) of what is being heard again; null when nothing is. */
export const replayedAt = ref<number | null>(null)

let tape: Tape | null = null
let ends: (() => void) | null = null
let stop: (() => void) | null = null

/** Keep what is heard from now on, until `forget`. */
export async function keep(stream: MediaStream): Promise<void> {
  forget()
  const context = outlet('hear')
  await context.audioWorklet.addModule(new URL('./tape-worklet.js', import.meta.url).href)
  const factor = Math.max(1, Math.round(context.sampleRate / RATE))
  const kept = new Tape(Math.round(context.sampleRate / factor), KEPT_SECONDS)
  const source = context.createMediaStreamSource(stream)
  const worklet = new AudioWorkletNode(context, 'tape', { numberOfOutputs: 0 })
  worklet.port.onmessage = (event: MessageEvent<Float32Array>) => kept.push(thinned(event.data, factor), Date.now())
  source.connect(worklet)
  tape = kept
  ends = () => {
    source.disconnect()
    worklet.port.close()
  }
}

/** The call is over: nothing more is kept; what there is can be heard while its paperwork is done. */
export function close(): void {
  ends?.()
  ends = null
}

/** Nothing of the call is kept any more. */
export function forget(): void {
  silence()
  close()
  tape = null
}

export type Replayed = 'playing' | 'spoken-over' | 'nothing'

/** Hear again what sounded between two instants (milliseconds). */
export function replay(from: number, to: number = Date.now()): Replayed {
  silence()
  const now = Date.now()
  if (!tape) return 'nothing'
  if (ends && tape.loudness(now - JUST_NOW, now) > SPOKEN) return 'spoken-over'
  const samples = tape.cut(from, to)
  if (samples.length === 0) return 'nothing'
  const context = outlet('hear')
  const buffer = context.createBuffer(1, samples.length, tape.rate)
  buffer.copyToChannel(samples, 0)
  const source = context.createBufferSource()
  const gain = context.createGain()
  gain.gain.value = SOFTER
  source.buffer = buffer
  source.connect(gain).connect(context.destination)
  source.start()
  const began = Date.now()
  const ticking = setInterval(() => (replayedAt.value = from + Date.now() - began), 100)
  source.onended = () => silence()
  stop = () => {
    clearInterval(ticking)
    source.onended = null
    source.disconnect()
    replayedAt.value = null
  }
  return 'playing'
}

/** Stop hearing again. */
export function silence(): void {
  stop?.()
  stop = null
}
