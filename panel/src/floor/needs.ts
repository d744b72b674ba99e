// Who needs the shift leader now, and in which order people stand on the floor. Pure.
import type { FloorState, OnFloor } from './contract'

const IN_CALL: readonly FloorState[] = ['talking', 'held', 'consulting', 'three-way']
const ORDER: readonly FloorState[] = [
  'talking', 'three-way', 'consulting', 'held', 'ringing', 'dialling', 'wrap-up', 'ready', 'paused', 'disconnected',
]

export function inCall(operator: Pick<OnFloor, 'state' | 'call'>): boolean {
  return operator.call !== null && IN_CALL.includes(operator.state)
}

/** Those who ask for help, the one who has waited longest first. */
export function asking(operators: readonly OnFloor[]): OnFloor[] {
  return operators.filter((each) => each.help).sort((one, other) => (one.help?.since ?? '').localeCompare(other.help?.since ?? ''))
}

/** By what they do, then by given name (the last word), as people look for each other. */
export function inOrder(operators: readonly OnFloor[]): OnFloor[] {
  const given = (name: string): string => name.split(' ').at(-1) ?? name
  return [...operators].sort(
    (one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || given(one.name).localeCompare(given(other.name), 'vi'),
  )
}

/** Those who could take a call that is moved away from `account`. */
export function takers(operators: readonly OnFloor[], account: number): OnFloor[] {
  return inOrder(operators).filter((each) => each.account !== account && each.state === 'ready')
}
