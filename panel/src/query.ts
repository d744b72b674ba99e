// What the address says behind the question mark: filters, tabs and what is open stand there, so that a link and the back button work.
import { computed } from 'vue'
import type { WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A value of the address by name; what is `otherwise` is not written into it. Several may be set in one go. */
export function queries(): (name: string, otherwise?: string) => WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  let waiting: Record<string, string | undefined> | null = null

  function set(name: string, value: string | undefined): void {
    if (waiting) {
      waiting[name] = value
      return
    }
    const wanted: Record<string, string | undefined> = (waiting = { [name]: value })
    queueMicrotask(() => {
      waiting = null
      void router.replace({ query: merged(route.query, wanted) })
    })
  }
  return (name, otherwise = '') =>
    computed({
      get: () => String(route.query[name] ?? otherwise),
      set: (value) => set(name, value === otherwise || value === '' ? undefined : value),
    })
}

/** A query with some of its values changed; undefined takes one away. Pure. */
export function merged<T>(query: Readonly<Record<string, T>>, changes: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const all = { ...query, ...changes }
  return Object.fromEntries(Object.entries(all).filter((each): each is [string, T] => each[1] !== undefined))
}
