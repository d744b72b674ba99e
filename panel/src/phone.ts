// The telephone in the page: it joins the line, the microphone, the speaker. What a call means, the service says.
import { ref, shallowRef, watch } from 'vue'
import { chosen } from './phone/devices'
import { Line } from './phone/line'
import type { PhoneAccount } from './phone/line'
import { closeMicrophone, measure, openMicrophone, refusal } from './phone/microphone'
import { figures, Hearing, Speaking } from './phone/quality'
import type { Figures } from './phone/quality'
import { close, keep } from './phone/replay'
import { outlet, route, unlock } from './phone/sounds'
import type { LineStanding, MicrophoneTrouble, SoundStanding } from './phone/standing'

export type { PhoneAccount } from './phone/line'

/** Whether Asterisk has this telephone. */
export const line = ref<LineStanding>('off')

/** How the sound of the call fares, and since when (milliseconds) it is broken. */
export const sound = ref<SoundStanding>('none')
export const brokenAt = ref<number | null>(null)

/** What keeps the microphone from being used. */
export const trouble = ref<MicrophoneTrouble | null>(null)
export const muted = ref(false)

/** Somebody has been speaking into a microphone that is off. */
export const speakingMuted = ref(false)
export const headsetLost = ref(false)

/** The browser lets this page not sound before a click. */
export const soundLocked = ref(false)

/** Seconds since sound of the other side last came, while a call stands; null without one. */
export const silentFor = ref<number | null>(null)

const FIGURES_EVERY = 1000
/** So long (milliseconds) a call that this page has asked for may take to ring here: nobody else's is taken without a click. */
const RINGS_FOR = 16_000

const current = shallowRef<Line | null>(null)
const speaker = new Audio()
let microphone: MediaStream | null = null
let answerAtOnce = false
let hearing = new Hearing()
let stopMeasuring: (() => void) | null = null

/** Ask for the microphone once, so that the browser's question comes at the start of the shift and not while a citizen waits. */
export async function tryMicrophone(): Promise<boolean> {
  soundLocked.value = !(await unlock())
  if (microphone) return true
  const may = await reachMicrophone()
  closeMicrophone(microphone)
  microphone = null
  return may
}

async function reachMicrophone(): Promise<boolean> {
  try {
    const opened = await openMicrophone()
    opened.getAudioTracks()[0]?.addEventListener('ended', () => void unplugged(opened))
    microphone = opened
    trouble.value = null
    return true
  } catch (error) {
    trouble.value = refusal(error)
    return false
  }
}

/** Sign this page's telephone in; a telephone that was signed in before is put away. */
export function connect(account: PhoneAccount): void {
  disconnect()
  current.value = new Line(account, { line: (standing) => (line.value = standing), sound: fares, heard: hearOn })
  current.value.start()
}

/** Put the telephone away. */
export function disconnect(): void {
  current.value?.stop()
  current.value = null
}

function fares(standing: SoundStanding): void {
  sound.value = standing
  brokenAt.value = standing === 'broken' ? (brokenAt.value ?? Date.now()) : null
  if (standing === 'none') callOver()
  if (standing === 'invited' && answerAtOnce) {
    answerAtOnce = false
    void answer()
  }
}

function hearOn(stream: MediaStream): void {
  hearing = new Hearing()
  speaker.srcObject = stream
  void (speaker as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> }).setSinkId?.(chosen('hear')).catch(() => undefined)
  speaker.play().catch(() => (soundLocked.value = true))
  keep(stream).catch(() => undefined)
}

function callOver(): void {
  stopMeasuring?.()
  stopMeasuring = null
  closeMicrophone(microphone)
  microphone = null
  close()
  speaker.srcObject = null
  muted.value = speakingMuted.value = headsetLost.value = false
  silentFor.value = null
}

/** Take the call that rings now, or next within the time that a telephone rings, without asking: whoever says so knows whose it is.
 * Gives what takes this back. */
export function answerNext(): () => void {
  if (sound.value === 'invited') {
    void answer()
    return () => undefined
  }
  answerAtOnce = true
  const end = setTimeout(() => (answerAtOnce = false), RINGS_FOR)
  return () => {
    clearTimeout(end)
    answerAtOnce = false
  }
}

/** Take the call that rings. Without a microphone it rings on, and what to do is said. */
export async function answer(): Promise<void> {
  const those = current.value
  if (!those?.hasSession || those.isTalking || sound.value === 'connecting') return
  sound.value = 'connecting'
  if (await reachMicrophone()) those.answer(microphone as unknown as MediaStream)
  else sound.value = 'invited'
}

/** Whether this page's own telephone rings or talks. */
export function hasSession(): boolean {
  return sound.value !== 'none'
}

/** Do this when no call stands on this page: at once, or behind the one that does. */
export function whenFree(action: () => void): void {
  if (!hasSession()) return action()
  const stop = watch(sound, (now) => {
    if (now !== 'none') return
    stop()
    action()
  })
}

export function mute(on: boolean): void {
  current.value?.mute(on)
  muted.value = on
  speakingMuted.value = false
  stopMeasuring?.()
  stopMeasuring = null
  const track = microphone?.getAudioTracks()[0]
  if (!on || !track) return
  const speaking = new Speaking()
  stopMeasuring = measure(outlet('hear'), track, (level) => (speakingMuted.value = speaking.hears(level, Date.now())))
}

/** Let the citizen hear music, or go on. The service's word decides what is shown. */
export function hold(on: boolean): void {
  current.value?.hold(on)
}

export function press(key: string): void {
  current.value?.press(key)
}

/** Try to hear the citizen again. */
export function restartSound(): void {
  current.value?.restart()
  void speaker.play().catch(() => undefined)
}

/** A click after which the browser lets the page sound. */
export async function unlockSound(): Promise<void> {
  soundLocked.value = !(await unlock())
  if (speaker.srcObject) await speaker.play().catch(() => undefined)
}

/** Talk and hear through what is chosen, or plugged in, from now on. */
export async function changeDevices(): Promise<void> {
  route()
  if (!current.value?.isTalking) return
  const before = microphone
  if (!(await reachMicrophone())) return
  await current.value.speakThrough(microphone as unknown as MediaStream)
  closeMicrophone(before)
  await (speaker as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> }).setSinkId?.(chosen('hear')).catch(() => undefined)
  if (muted.value) mute(true)
}

async function unplugged(lost: MediaStream): Promise<void> {
  if (lost !== microphone) return
  headsetLost.value = true
  await changeDevices()
}

/** What came and went, for support: packets, and the energy of both directions. */
export async function stats(): Promise<Partial<Figures> & { line: string }> {
  const connection = current.value?.connection
  if (!connection) return { line: line.value }
  return { line: line.value, ...figures((await connection.getStats()).values() as Iterable<Record<string, unknown>>) }
}

async function listenForSilence(): Promise<void> {
  if (!current.value?.isTalking) return
  silentFor.value = hearing.deafFor((await stats()).received ?? 0, Date.now())
}
setInterval(() => void listenForSilence(), FIGURES_EVERY)

declare global {
  interface Window {
    hotlinePhone: { stats: typeof stats }
  }
}
window.hotlinePhone = { stats }
window.addEventListener('online', () => current.value?.restart())
navigator.mediaDevices?.addEventListener('devicechange', () => {
  if (headsetLost.value) void changeDevices().then(() => (headsetLost.value = false))
  else if (trouble.value && trouble.value !== 'denied') void tryMicrophone()
})
