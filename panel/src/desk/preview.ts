// What would become of a slip, asked of the service as topic, place and urgency change. Nothing is stored.
import type { Told } from '../told'
import { ref } from 'vue'
import type { Ref } from 'vue'
import { post, Problem } from '../api'
import { asker } from '../asking'

export type Preview = Told<'Preview'>

export interface Facts {
  topic: string | null
  place: string | null
  urgent: boolean
}

/** So long (milliseconds) nobody changes anything before it is asked. */
const PAUSE = 200

export function previewed(): { told: Ref<Preview | null>; failed: Ref<boolean>; want: (facts: Facts) => void; end: () => void } {
  const told = ref<Preview | null>(null)
  const failed = ref(false)
  const { want, end } = asker(
    (facts: Facts) => post<Preview>('/api/tickets/preview', facts),
    (answer) => {
      told.value = answer
      failed.value = false
    },
    (error) => {
      if (!(error instanceof Problem)) throw error
      told.value = null
      failed.value = true
    },
    PAUSE,
  )
  return { told, failed, want, end }
}
