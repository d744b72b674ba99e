// One request at a time that changes something: what is being waited for, and what the service says against it. Nothing is shown as done before its word.
import { ref } from 'vue'
import type { Ref } from 'vue'
import { Problem } from './api'
import type { Mistake } from './api'
import { t } from './words'

export interface Doing {
  /** What is being waited for; empty when nothing is. */
  busy: Ref<string>
  /** What went wrong last, in words. */
  trouble: Ref<string>
  mistakes: Ref<readonly Mistake[]>
  /** Ask; undefined when it was refused. */
  run: <T>(what: string, request: () => Promise<T>) => Promise<{ told: T } | undefined>
}

export function doing(): Doing {
  const busy = ref('')
  const trouble = ref('')
  const mistakes = ref<readonly Mistake[]>([])

  async function run<T>(what: string, request: () => Promise<T>): Promise<{ told: T } | undefined> {
    if (busy.value) return undefined
    busy.value = what
    trouble.value = ''
    mistakes.value = []
    try {
      return { told: await request() }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      trouble.value = error.status === 0 ? t('err.busy') : error.detail || error.title
      mistakes.value = error.mistakes
      return undefined
    } finally {
      busy.value = ''
    }
  }
  return { busy, trouble, mistakes, run }
}
