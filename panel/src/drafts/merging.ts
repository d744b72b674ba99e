// What becomes of the fields of a draft when the service tells of another's: what nobody has touched here follows, what two have changed is a clash. Pure.
import type { Told } from '../told'

export type Values = Record<string, string>

export type KeptField = Told<'KeptField'>

export type DraftTold = Told<'tickets__drafts__model__DraftTold'>

/** What the service last had of a field, as far as the writer here knows. */
export type Base = Record<string, { value: string; version: number }>

export interface Standing {
  values: Values
  base: Base
  /** What somebody else has written in fields that were changed here too. Nothing of these is sent before one is chosen. */
  clashes: Record<string, KeptField>
}

export interface Taken extends Standing {
  /** The fields that follow somebody else's words now. */
  appeared: string[]
  /** The draft was there and has been sent or thrown away by somebody: what stands here stays. */
  gone: boolean
}

export type Choice = 'mine' | 'theirs' | 'both'

const NOTHING = { value: '', version: 0 }

/** What is to be sent: the fields that differ from what the service has, without those that clash. */
export function unsent({ values, base, clashes }: Standing): Record<string, { value: string; base_version: number }> {
  const changed = Object.entries(values).filter(([name, value]) => !(name in clashes) && value.normalize('NFC') !== (base[name] ?? NOTHING).value)
  return Object.fromEntries(changed.map(([name, value]) => [name, { value: value.normalize('NFC'), base_version: base[name]?.version ?? 0 }]))
}

/** What stands after the service has told a draft; `sent` are the values that it answers to. */
export function taken(here: Standing, told: DraftTold, sent: Values = {}): Taken {
  const wasThere = Object.values(here.base).some((each) => each.value !== '')
  if (wasThere && Object.keys(told.fields).length === 0) return { values: { ...here.values }, base: {}, clashes: {}, appeared: [], gone: true }
  const after: Taken = { values: { ...here.values }, base: { ...here.base }, clashes: { ...here.clashes }, appeared: [], gone: false }
  for (const name of new Set([...Object.keys(here.values), ...Object.keys(told.fields)])) takeField(after, name, told, sent[name])
  return after
}

function takeField(after: Taken, name: string, told: DraftTold, sent: string | undefined): void {
  const there = told.fields[name]
  const now = there ?? NOTHING
  const saved = sent !== undefined && now.value === sent
  const base = saved ? now : (after.base[name] ?? NOTHING)
  const mine = (after.values[name] ?? '').normalize('NFC')
  const aside = told.aside[name]?.value
  if (!saved && mine === '' && base.version === 0 && there && aside !== undefined && aside !== there.value) {
    after.values[name] = aside
    after.clashes[name] = there
    return
  }
  const follows = mine === now.value || mine === base.value
  if (!follows && there && there.value.trim() !== '' && there.value !== base.value) {
    after.clashes[name] = there
    return
  }
  if (follows && mine !== now.value) {
    after.values[name] = now.value
    after.appeared.push(name)
  }
  after.base[name] = { value: now.value, version: now.version }
  after.clashes = without(after.clashes, name)
}

function without(clashes: Record<string, KeptField>, name: string): Record<string, KeptField> {
  return Object.fromEntries(Object.entries(clashes).filter(([each]) => each !== name))
}

/** What stands once somebody has chosen: their own words, the other's, or both below each other. Each choice is sent to the service. */
export function settled(here: Standing, name: string, choice: Choice): Standing {
  const theirs = here.clashes[name]
  if (!theirs) return here
  const mine = here.values[name] ?? ''
  const value = { mine, theirs: theirs.value, both: `${theirs.value.trimEnd()}\n${mine}` }[choice]
  return { values: { ...here.values, [name]: value }, base: { ...here.base, [name]: { value: theirs.value, version: theirs.version } }, clashes: without(here.clashes, name) }
}
