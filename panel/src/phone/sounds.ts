// The sounds that the page itself makes: the ring, a soft tone. They are calculated, not loaded; a ring lasts for one confirmed second.
import { chosen, ringVolume } from './devices'

type Routed = AudioContext & { setSinkId?: (device: string) => Promise<void> }

const contexts: { ring?: Routed; hear?: Routed } = {}

/** Where sounds of a use come out: the ring at the speaker, what is heard again in the headset. */
export function outlet(use: 'ring' | 'hear'): AudioContext {
  const context = (contexts[use] ??= new AudioContext())
  if (context.state === 'suspended') void context.resume()
  return context
}

/** Send sounds to the devices that are chosen now. */
export function route(): void {
  for (const use of ['ring', 'hear'] as const) void contexts[use]?.setSinkId?.(chosen(use)).catch(() => undefined)
}

/** Whether the browser lets this page sound; asked for at a click, because it refuses before one. */
export async function unlock(): Promise<boolean> {
  const those = [outlet('ring'), outlet('hear')]
  await Promise.race([Promise.all(those.map((each) => each.resume())), new Promise((done) => setTimeout(done, 500))])
  route()
  return those.every((each) => each.state === 'running')
}

/** Whether the browser blocks the ring at the moment. */
export function isLocked(): boolean {
  return contexts.ring !== undefined && contexts.ring.state !== 'running'
}

function tone(context: AudioContext, hertz: readonly number[], seconds: number, loudness: number): void {
  const start = context.currentTime
  const gain = context.createGain()
  gain.connect(context.destination)
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(loudness, start + 0.02)
  gain.gain.setValueAtTime(loudness, start + seconds - 0.04)
  gain.gain.linearRampToValueAtTime(0, start + seconds)
  for (const each of hertz) {
    const oscillator = context.createOscillator()
    oscillator.frequency.value = each
    oscillator.connect(gain)
    oscillator.start(start)
    oscillator.stop(start + seconds)
  }
}

/** Ring once. It is called for each second that the service confirms, so that no ring outlives its call. */
export function ring(): void {
  tone(outlet('ring'), [425, 480], 0.42, 0.3 * ringVolume())
}

/** A soft tone in the headset, for what wants attention while a call is on. */
export function softTone(): void {
  tone(outlet('hear'), [660], 0.18, 0.06)
}
