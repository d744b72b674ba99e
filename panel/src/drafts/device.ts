// What is being written, kept on this device with every key: a reload, a lost network or an ended session lose nothing.
import type { Base, Values } from './merging'

const PREFIX = 'hotline.draft.'
const KEPT_DAYS = 14

export interface Written {
  values: Values
  /** What the service had of it when it was last heard. */
  base: Base
  at: string
}

/** Whether anything was written. */
export function isEmpty({ values }: Pick<Written, 'values'>): boolean {
  return Object.values(values).every((value) => value.trim() === '')
}

/** What was written under a key (a call, a ticket, a new slip); nothing when there is none. */
export function load(store: Storage, person: number, key: string): Written {
  try {
    return { values: {}, base: {}, at: '', ...(JSON.parse(store.getItem(`${PREFIX}${person}.${key}`) ?? '{}') as Partial<Written>) }
  } catch {
    return { values: {}, base: {}, at: '' }
  }
}

/** Keep it; false when the device takes no more. */
export function keep(store: Storage, person: number, key: string, written: Written): boolean {
  const name = `${PREFIX}${person}.${key}`
  try {
    if (isEmpty(written) && Object.keys(written.base).length === 0) store.removeItem(name)
    else store.setItem(name, JSON.stringify(written))
    return true
  } catch {
    return false
  }
}

export function drop(store: Storage, person: number, key: string): void {
  store.removeItem(`${PREFIX}${person}.${key}`)
}

/** Everything that a person has written here, the latest first; what is very old is dropped. */
export function all(store: Storage, person: number, now: Date): { key: string; written: Written }[] {
  const start = `${PREFIX}${person}.`
  const names = Array.from({ length: store.length }, (_, at) => store.key(at) ?? '').filter((name) => name.startsWith(start))
  const found = names.map((name) => ({ key: name.slice(start.length), written: load(store, person, name.slice(start.length)) }))
  for (const { key, written } of found) if (now.getTime() - Date.parse(written.at) > KEPT_DAYS * 86_400_000) drop(store, person, key)
  return found.filter(({ written }) => !isEmpty(written)).sort((one, other) => other.written.at.localeCompare(one.written.at))
}
