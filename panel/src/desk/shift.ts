// The shift of the person at this page: what the service says of it, and the requests that change it. The service is the truth.
import { computed, ref, watch } from 'vue'
import { get, post, Problem, put, remove } from '../api'
import { hear } from '../channel'
import { answerNext, connect, disconnect, hold, line, tryMicrophone, whenFree } from '../phone'
import type { PhoneAccount } from '../phone'
import { person } from '../session'
import type { CallTold, FloorTold, OperatorTold, QueueTold } from './contract'

/** Ringing is a lease: without a fresh word of it for so long it has ended (milliseconds). */
export const LEASE = 3000

export const operator = ref<OperatorTold | null>(null)
export const queue = ref<QueueTold | null>(null)

/** This window has the telephone: kept through a reload, after which the window takes it again by itself. A new window asks first. */
const PHONE_HERE = 'phone-here'

/** The telephone that this window has, as the service calls it. */
let phoneHere = ''

/** Another window has the telephone now. */
export const takenElsewhere = ref(false)

/** The last thing that went wrong, in words, until the next request. */
export const trouble = ref('')

/** What is being waited for: the service has not answered yet. */
export const pending = ref('')

const rungAt = ref(0)
export const ringing = ref<CallTold | null>(null)

/** Why the last ringing ended, in the service's word for it. */
export const ringingOver = ref('')

/** How the last consultation ended by itself. */
export const consultationOver = ref<{ name: string; why: string } | null>(null)

/** Why the last call that was made came to nothing, in the service's word for it. */
export const callOutOver = ref('')

export const talking = computed(() => ['talking', 'held', 'consulting', 'three-way'].includes(operator.value?.state ?? ''))
export const call = computed(() => operator.value?.call ?? null)

async function doing<T>(what: string, request: Promise<T>): Promise<T | undefined> {
  pending.value = what
  trouble.value = ''
  try {
    return await request
  } catch (error) {
    trouble.value = error instanceof Problem ? error.detail || error.title : String(error)
    return undefined
  } finally {
    pending.value = ''
  }
}

/** Take what is newer: an answer and a message can cross on the way. */
function take(told: OperatorTold | undefined): void {
  if (told && told.revision >= (operator.value?.revision ?? 0)) operator.value = told
}

/** Begin the shift here; a shift that runs in another window moves to this one. */
export async function begin(): Promise<void> {
  if (!(await tryMicrophone())) return
  const told = await doing('begin', post<PhoneAccount & { shift: OperatorTold }>('/api/phone'))
  if (!told) return
  takenElsewhere.value = false
  operator.value = told.shift
  sessionStorage.setItem(PHONE_HERE, 'yes')
  phoneHere = told.id
  connect(told)
  if (talking.value) await rejoin()
}

/** Take the call back that this operator had in a page that is gone. */
async function rejoin(): Promise<void> {
  const once = call.value?.call
  await new Promise<void>((resolve) => {
    const stop = watch(line, (now) => {
      if (now === 'connecting') return
      stop()
      resolve()
    })
  })
  const takeBack = answerNext()
  await doing('rejoin', post<OperatorTold>('/api/phone/rejoin', { call: once }))
  if (trouble.value) takeBack()
}

export async function end(): Promise<void> {
  await doing('end', remove('/api/phone'))
  if (trouble.value) return
  sessionStorage.removeItem(PHONE_HERE)
  disconnect()
  operator.value = null
}

export const ready = async (): Promise<void> =>
  take(await doing('ready', put<OperatorTold>('/api/phone/presence', { state: 'ready' })))
export const pause = async (reason: string): Promise<void> =>
  take(await doing('pause', put<OperatorTold>('/api/phone/presence', { state: 'paused', reason })))
export const decline = async (): Promise<void> =>
  take(await doing('decline', post<OperatorTold>('/api/phone/decline', { call: call.value?.call })))
export const hangUp = async (): Promise<void> =>
  take(await doing('hang-up', post<OperatorTold>('/api/phone/hang-up', { call: call.value?.call })))

/** Forget that the next call that rings is one that this page has asked for. */
let takeBack: () => void = () => undefined

/** Whom a call is made to: exactly one of these. */
export type CalledOut = { number: string } | { ticket: string } | { callback: number }

/** Ring a citizen: this page's own telephone first, which takes it by itself. Gives why not, or nothing. */
export async function callOut(to: CalledOut): Promise<string> {
  callOutOver.value = ''
  take(await doing('call-out', post<OperatorTold>('/api/phone/calls', to)))
  if (!trouble.value) takeBack = answerNext()
  return trouble.value
}

export const askHelp = async (reason: string): Promise<void> => take(await doing('help', post<OperatorTold>('/api/phone/help', { reason })))
export const askNoMore = async (): Promise<void> => take(await doing('help', remove<OperatorTold>('/api/phone/help')))
export const more = async (): Promise<void> => take(await doing('more', post<OperatorTold>('/api/phone/wrap-up/more')))

/** Who takes a citizen, or is asked about one. */
export type To = { operator: number } | { emergency: '113' | '114' | '115' }

/** Send the citizen on; without anybody, back into the queue. */
export const transfer = async (to: To | null): Promise<void> =>
  take(await doing('transfer', post<OperatorTold>('/api/phone/transfer', { call: call.value?.call, ...to })))

/** Ask somebody while the citizen hears music. */
export async function consult(to: To): Promise<void> {
  consultationOver.value = null
  if (operator.value?.state === 'held') hold(false)
  take(await doing('consult', post<OperatorTold>('/api/phone/consultation', { call: call.value?.call, to })))
}

/** Go on with a consultation: all three, hand the citizen over, back to the citizen. */
export const consultation = async (step: 'join' | 'complete' | 'cancel'): Promise<void> =>
  take(await doing(step, post<OperatorTold>(`/api/phone/consultation/${step}`, { call: call.value?.call })))

export async function wrapUp(result: string, note: string, andReady: boolean): Promise<boolean> {
  const body = { call: call.value?.call, result, note: note || null, ready: andReady }
  take(await doing('wrap-up', post<OperatorTold>('/api/phone/wrap-up', body)))
  return trouble.value === ''
}

/** Colleagues who could take a call now. */
export async function colleagues(): Promise<OperatorTold[]> {
  const floor = await get<FloorTold>('/api/floor')
  return floor.operators.filter((each) => each.account !== person.value?.account && each.state === 'ready')
}

/** Fetch everything anew. A shift that the service still has, but this page has no telephone for, is taken over. */
export async function look(): Promise<void> {
  const floor = await get<FloorTold>('/api/floor').catch(() => null)
  if (!floor) return
  queue.value = floor.queue
  const own = floor.operators.find((each) => each.account === person.value?.account) ?? null
  const lost = operator.value !== null && own === null
  operator.value = own
  // The service was restarted and has forgotten this shift. A call that stands is not cut for it: the telephone is renewed behind it.
  if (lost) whenFree(() => void begin())
  else if (own && line.value === 'off' && !pending.value && sessionStorage.getItem(PHONE_HERE)) await begin()
}

hear('You', (message) => take(message.operator as OperatorTold))
hear('Queue', (message) => (queue.value = message.queue as QueueTold))
hear('Ringing', (message) => {
  ringing.value = message.call as CallTold
  ringingOver.value = callOutOver.value = ''
  consultationOver.value = null
  rungAt.value = Date.now()
})
hear('RingingOver', (message) => {
  ringing.value = null
  ringingOver.value = String(message.why)
})
hear('CallOutOver', (message) => {
  takeBack()
  callOutOver.value = String(message.outcome)
})
hear('ConsultationOver', (message) => {
  consultationOver.value = message.why === 'back' ? null : { name: String(message.name), why: String(message.why) }
})
hear('PhoneTaken', (message) => {
  // The news of this window's own taking may come before or after the answer that gave it the telephone.
  if (operator.value === null || pending.value === 'begin' || message.phone === phoneHere) return
  takenElsewhere.value = true
  sessionStorage.removeItem(PHONE_HERE)
  disconnect()
})
hear('resync', () => {
  if (person.value && ['operator', 'leader', 'administrator'].includes(person.value.role)) void look()
})
setInterval(() => {
  if (ringing.value && Date.now() - rungAt.value > LEASE) ringing.value = null
}, 500)
