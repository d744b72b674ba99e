// What an operator's state is called and by which sign it is known.
import { t } from '../words'
import type { FloorState, OnFloor } from './contract'

export const SIGNS: Readonly<Record<FloorState, string>> = {
  paused: '‖',
  ready: '●',
  ringing: '((',
  dialling: '))',
  talking: '◉',
  held: '‖',
  consulting: '◉◉',
  'three-way': '◉◉',
  'wrap-up': '◧',
  disconnected: '◌',
}

export function stateWords(operator: Pick<OnFloor, 'state' | 'reason_name'>): string {
  switch (operator.state) {
    case 'paused':
      return t('presence.paused', { ly_do: operator.reason_name ?? '', reason: operator.reason_name ?? '' })
    case 'ready':
      return t('presence.ready')
    case 'ringing':
      return t('call.ringing')
    case 'dialling':
      return t('call.connecting')
    case 'talking':
      return t('call.talking')
    case 'held':
      return t('call.hold')
    case 'consulting':
      return t('fl.consulting')
    case 'three-way':
      return t('call.three_way')
    case 'wrap-up':
      return t('presence.wrapup')
    case 'disconnected':
      return t('presence.disconnected')
  }
}
