// Something fetched from the service that is fetched anew when messages were lost. What was there stays on the screen meanwhile.
import { onUnmounted, ref, watch } from 'vue'
import type { Ref } from 'vue'
import { get, Problem } from './api'
import { hear } from './channel'

export interface Fetched<T> {
  value: Ref<T | null>
  problem: Ref<Problem | null>
  /** True once an answer has let wait for longer than a glance. */
  slow: Ref<boolean>
  /** When the service gave what is shown. */
  at: Ref<Date | null>
  again: () => Promise<void>
}

const A_GLANCE = 400

/** What `path()` gives now, and again when it changes; null fetches nothing. */
export function fetched<T>(path: () => string | null, on: readonly string[] = []): Fetched<T> {
  const value = ref<T | null>(null) as Ref<T | null>
  const problem = ref<Problem | null>(null)
  const slow = ref(false)
  const at = ref<Date | null>(null)

  async function again(): Promise<void> {
    const wanted = path()
    if (wanted === null) return
    const waiting = setTimeout(() => (slow.value = true), A_GLANCE)
    try {
      const told = await get<T>(wanted)
      if (wanted !== path()) return
      value.value = told
      at.value = new Date()
      problem.value = null
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (wanted === path()) problem.value = error
    } finally {
      clearTimeout(waiting)
      slow.value = false
    }
  }

  watch(path, again, { immediate: true })
  const ends = ['resync', ...on].map((kind) => hear(kind, () => void again()))
  onUnmounted(() => ends.forEach((end) => end()))
  return { value, problem, slow, at, again }
}
