// Which devices a person chose on this computer: to talk, to hear, and for the ring. Names of devices are never sent anywhere.

export type Use = 'talk' | 'hear' | 'ring'

const PREFIX = 'hotline.device.'
const VOLUME = 'hotline.ring.volume'
const USUAL_VOLUME = 0.6

/** The chosen device; empty for the computer's own choice. */
export function chosen(use: Use): string {
  return localStorage.getItem(PREFIX + use) ?? ''
}

export function choose(use: Use, device: string): void {
  if (device) localStorage.setItem(PREFIX + use, device)
  else localStorage.removeItem(PREFIX + use)
}

/** How loud the ring is, 0 to 1. */
export function ringVolume(): number {
  const stored = Number(localStorage.getItem(VOLUME) ?? USUAL_VOLUME)
  return stored >= 0 && stored <= 1 ? stored : USUAL_VOLUME
}

export function chooseRingVolume(volume: number): void {
  localStorage.setItem(VOLUME, String(volume))
}

export interface Device {
  id: string
  name: string
}

/** What is plugged in and can be chosen. Browsers tell names only after the microphone was allowed once. */
export async function present(kind: 'audioinput' | 'audiooutput'): Promise<Device[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  return all
    .filter((device) => device.kind === kind && device.deviceId && device.label && device.deviceId !== 'default')
    .map((device) => ({ id: device.deviceId, name: device.label }))
}
