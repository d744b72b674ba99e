// Who is signed in. It asks the service and remembers its answer; passwords are never kept.
import { computed, ref } from 'vue'
import type { Told } from './told'
import { carry, get, post, Problem, remove, whenSessionEnds } from './api'

export type Role = 'administrator' | 'leader' | 'operator' | 'officer' | 'approver'

export type Person = Omit<Told<'PersonTold'>, 'role'> & { role: Role }

export type SessionTold = Omit<Told<'SessionTold'>, 'person'> & { person: Person }

/** The session; null when nobody is signed in, undefined while that is not known yet. */
export const session = ref<SessionTold | null>()

/** True when a session that was there has ended: the page stays and asks to sign in above itself. */
export const expired = ref(false)

export const person = computed(() => session.value?.person ?? null)

/** Milliseconds by which the service's clock is ahead of this device's. */
export const clockAhead = ref(0)

/** The instant that the service would call now. */
export function now(): Date {
  return new Date(Date.now() + clockAhead.value)
}

export function take(told: SessionTold): void {
  session.value = told
  expired.value = false
  clockAhead.value = Date.parse(told.now) - Date.now()
  carry(told.csrf)
}

/** Find out who is signed in. */
export async function look(): Promise<void> {
  try {
    take(await get<SessionTold>('/api/session'))
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    // Whoever was here stays on the page and signs in above it: nothing that they write is lost.
    if (session.value) expired.value = true
    else session.value = null
  }
}

/** Sign in. Throws Problem; its member `needs` is "code" when the one-time code is wanted. */
export async function signIn(name: string, password: string, code?: string): Promise<void> {
  take(await post<SessionTold>('/api/session', { name, password, ...(code ? { code } : {}) }))
}

export async function signOut(): Promise<void> {
  await remove('/api/session')
  session.value = null
}

whenSessionEnds(() => {
  if (session.value) expired.value = true
})

/** Whether the person signed in has one of these roles. */
export function is(...roles: Role[]): boolean {
  return person.value !== null && roles.includes(person.value.role)
}
