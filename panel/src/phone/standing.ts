// What can be said of the telephone in a page, in one word each. Types and pure rules only.

/** Whether Asterisk has this page's telephone. */
export type LineStanding = 'off' | 'connecting' | 'registered' | 'lost'

/** How the sound of a call fares. */
export type SoundStanding = 'none' | 'invited' | 'connecting' | 'live' | 'broken'

export type MicrophoneTrouble = 'denied' | 'none' | 'busy'

/** Seconds without a packet of the citizen's sound after which people are told. */
export const DEAF_AFTER = 5

/** What the bar shows of a call that the service calls `state`, given how its sound fares. */
export function heardState(
  state: string,
  sound: { standing: SoundStanding; deafFor: number | null; muted: boolean },
): string {
  if (state !== 'talking' && state !== 'held') return state
  if (sound.standing === 'broken') return 'reconnecting'
  if (state === 'held') return state
  if ((sound.deafFor ?? 0) >= DEAF_AFTER) return 'no-audio'
  return sound.muted ? 'muted' : state
}
