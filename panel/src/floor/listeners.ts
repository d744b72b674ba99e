// Who listens to which call, as the service tells it and as this page knows it. Pure.
import type { ListeningMode, OnFloor } from './contract'

export interface Listening {
  account: number
  mode: ListeningMode
  since: string
}

/** What is so, for the account that is signed in: the service's word, whatever this page believes. */
export function agreed(known: Listening | null, operators: readonly OnFloor[], own: number): Listening | null {
  for (const found of operators) {
    const mode = found.listeners.find((one) => one.account === own)?.mode
    if (mode) return known?.account === found.account ? { ...known, mode } : { account: found.account, mode, since: found.since }
  }
  return null
}
