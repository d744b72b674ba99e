// A draft that is kept on this device and, when the network is there, by the service, where others may write in it too. Nothing is sent that clashes,
// nothing written here is replaced without a choice.
import { onUnmounted, reactive, ref, watch } from 'vue'
import type { Ref } from 'vue'
import { get, Problem, put, remove } from '../api'
import { hear } from '../channel'
import { now, person } from '../session'
import { drop as dropHere, keep, load } from './device'
import { settled, taken, unsent } from './merging'
import type { Base, Choice, DraftTold, KeptField, Values } from './merging'

export interface SharedDraft {
  values: Values
  clashes: Ref<Record<string, KeptField>>
  /** Where what stands here is kept: nowhere yet, on this device, on its way, with the service. */
  kept: Ref<{ where: '' | 'device' | 'sending' | 'service' | 'nowhere'; at: string }>
  /** When what was found on opening the page had been written; empty when nothing was found. */
  restored: Ref<string>
  /** Whose words have appeared in which fields. */
  appeared: Ref<{ by: string; fields: string[] } | null>
  /** Somebody else has sent or thrown away the draft that stands here. */
  gone: Ref<boolean>
  settle: (field: string, choice: Choice) => void
  /** Send what is not sent yet, without waiting for the pause. */
  flush: () => void
  /** It was sent or is not wanted. False when somebody has written in it meanwhile: then the service keeps it. */
  drop: () => Promise<boolean>
  /** Begin anew under the same key. */
  reset: () => void
}

/** Milliseconds behind the last key. */
const PAUSE = 800

/** The draft of a key. Fields that are not named are kept as they are and belong to another page. */
export function sharedDraft(key: string, names: readonly string[]): SharedDraft {
  const who = person.value?.account ?? 0
  const found = load(localStorage, who, key)
  const values = reactive<Values>({ ...Object.fromEntries(names.map((name) => [name, ''])), ...found.values })
  const clashes = ref<Record<string, KeptField>>({})
  const kept: SharedDraft['kept'] = ref({ where: '', at: '' })
  const restored = ref(found.at)
  const appeared: SharedDraft['appeared'] = ref(null)
  const gone = ref(false)
  const path = `/api/drafts/${key}`
  let base: Base = found.base
  let version = 0
  let closed = false
  let pause: ReturnType<typeof setTimeout> | undefined
  let sending: Promise<void> | null = null

  const standing = (): { values: Values; base: Base; clashes: Record<string, KeptField> } => ({ values: { ...values }, base, clashes: clashes.value })

  function keepHere(): boolean {
    return keep(localStorage, who, key, { values: { ...values }, base, at: now().toISOString() })
  }

  function take(told: DraftTold, sent: Values = {}): void {
    if (closed || told.version < version) return
    version = told.version
    const after = taken(standing(), told, sent)
    base = after.base
    clashes.value = after.clashes
    gone.value = after.gone
    const fields = after.appeared.filter((name) => after.values[name] !== values[name])
    if (fields.length && kept.value.where !== '') appeared.value = { by: told.fields[fields[0] ?? '']?.by ?? '', fields }
    else if (fields.length) restored.value = told.at ?? ''
    Object.assign(values, after.values)
    keepHere()
  }

  async function look(): Promise<void> {
    try {
      take(await get<DraftTold>(path))
      if (kept.value.where === '') kept.value = { where: 'service', at: '' }
      if (Object.keys(unsent(standing())).length) flush()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
  }

  async function send(): Promise<void> {
    const fields = unsent(standing())
    if (closed || gone.value || Object.keys(fields).length === 0) return
    const sent = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]))
    kept.value = { where: 'sending', at: kept.value.at }
    try {
      take(await put<DraftTold>(path, { fields }), sent)
      kept.value = { where: 'service', at: now().toISOString() }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const told = error.members.draft as DraftTold | undefined
      if (told) take(told, sent)
      kept.value = { where: told ? 'service' : 'device', at: now().toISOString() }
    }
  }

  function flush(): void {
    clearTimeout(pause)
    if (sending || closed) return
    sending = send().finally(() => {
      sending = null
      if (kept.value.where === 'service' && Object.keys(unsent(standing())).length) later()
    })
  }

  function later(): void {
    clearTimeout(pause)
    pause = setTimeout(flush, PAUSE)
  }

  watch(values, () => {
    if (closed) return
    gone.value = false
    kept.value = { where: keepHere() ? 'device' : 'nowhere', at: now().toISOString() }
    if (Object.keys(unsent(standing())).length) later()
    else if (version > 0) kept.value.where = 'service'
  })

  const ends = [
    hear('resync', () => void look()),
    hear('Draft', (message) => {
      if (message.key !== key || closed) return
      // What was just saved here is told here too, sometimes before its answer.
      void (sending ?? Promise.resolve()).then(() => (Number(message.version) > version ? look() : undefined))
    }),
  ]
  onUnmounted(() => {
    flush()
    ends.forEach((end) => end())
  })
  void look()

  return {
    values,
    clashes,
    kept,
    restored,
    appeared,
    gone,
    settle(field, choice) {
      const after = settled(standing(), field, choice)
      base = after.base
      clashes.value = after.clashes
      const same = after.values[field] === values[field]
      Object.assign(values, after.values)
      if (!same && choice === 'both') return later()
      // Sent although nothing may differ: so the service forgets the words that it had put aside.
      const value = after.values[field] ?? ''
      put<DraftTold>(path, { fields: { [field]: { value, base_version: base[field]?.version ?? 0 } } }).then(
        (told) => take(told, { [field]: value }),
        later,
      )
    },
    flush,
    async drop() {
      closed = true
      clearTimeout(pause)
      await sending
      dropHere(localStorage, who, key)
      if (version === 0) return true
      try {
        await remove(`${path}?version=${version}`)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return error.status !== 409
      }
      return true
    },
    reset() {
      base = {}
      clashes.value = {}
      for (const name of Object.keys(values)) values[name] = ''
      restored.value = ''
      appeared.value = null
      kept.value = { where: '', at: '' }
      closed = false
      void look()
    },
  }
}
