// Which people are shown, and who may take over somebody's work. Pure.
import { sought } from '../fold'
import type { Role } from '../session'
import type { Account } from './contract'

export const ROLES: readonly Role[] = ['operator', 'leader', 'administrator', 'officer', 'approver']

export const ofAgency = (role: Role): boolean => role === 'officer' || role === 'approver'

export interface Filter {
  words: string
  role: string
  agency: string
  locked: boolean
}

/** Those that fit, by given name: the last word. */
export function shown(accounts: readonly Account[], filter: Filter): Account[] {
  const given = (each: Account): string => each.display_name.split(' ').at(-1) ?? ''
  const fitting = accounts
    .filter((each) => filter.locked || !each.locked)
    .filter((each) => !filter.role || each.role === filter.role)
    .filter((each) => !filter.agency || each.agency === filter.agency)
    .sort((one, other) => given(one).localeCompare(given(other), 'vi') || one.display_name.localeCompare(other.display_name, 'vi'))
  return sought(fitting, filter.words, (each) => `${each.display_name} ${each.name} ${each.agency_name ?? ''}`)
}
