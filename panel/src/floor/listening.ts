// The one call that the leader at this page listens to. What is shown is what the service has said; the leader's own telephone rings and is
// taken at once, but only once the service has said that it is this listening that rings: a citizen's call is never taken unasked.
import { ref } from 'vue'
import { post, put, remove } from '../api'
import { answerNext } from '../phone'
import type { ListeningMode, OnFloor } from './contract'
import { agreed } from './listeners'
import type { Listening } from './listeners'

export const listening = ref<Listening | null>(null)
let takeBack: () => void = () => undefined

/** Begin to listen to an operator's call. Throws Problem. */
export async function listen(account: number, mode: ListeningMode, reason: string): Promise<void> {
  await post(`/api/floor/${account}/listening`, { mode, reason })
  takeBack = answerNext()
  listening.value = { account, mode, since: new Date().toISOString() }
}

/** Change between listening, whispering and taking part. Throws Problem. */
export async function change(mode: ListeningMode): Promise<void> {
  if (!listening.value) return
  const { account } = listening.value
  await put(`/api/floor/${account}/listening`, { mode })
  listening.value = { ...listening.value, mode }
}

/** Listen no longer. Throws Problem. */
export async function stop(): Promise<void> {
  if (!listening.value) return
  await remove(`/api/floor/${listening.value.account}/listening`)
  takeBack()
  listening.value = null
}

/** What the service says of listeners is the truth: an ended call ends the listening, and a reloaded page finds its own again. */
export function agree(operators: readonly OnFloor[], own: number): void {
  listening.value = agreed(listening.value, operators, own)
}
