// Which address shows which page, and for whom. Addresses are read aloud on the telephone: short, without diacritics.
import { createRouter, createWebHistory } from 'vue-router'
import type { RouteRecordRaw } from 'vue-router'
import { admin } from './routes/admin'
import { agency } from './routes/agency'
import { calls } from './routes/calls'
import { desk } from './routes/desk'
import { floor } from './routes/floor'
import { frame } from './routes/frame'
import { reports } from './routes/reports'
import { scores } from './routes/scores'
import { person } from './session'
import type { Role } from './session'
import type { WordKey } from './words'

declare module 'vue-router' {
  interface RouteMeta {
    roles?: readonly Role[]
    title?: WordKey
    /** Shown without bar and navigation. */
    alone?: boolean
  }
}

/** The page that a role begins with. */
export const HOME: Record<Role, string> = {
  operator: '/ban-lam-viec',
  leader: '/giam-sat',
  administrator: '/quan-tri/nguoi-dung',
  officer: '/hop-viec',
  approver: '/hop-viec',
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: () => (person.value ? HOME[person.value.role] : '/vao') },
  ...frame,
  ...desk,
  ...agency,
  ...floor,
  ...calls,
  ...reports,
  ...scores,
  ...admin,
]

export const router = createRouter({ history: createWebHistory('/panel/'), routes })

// Whoever may not see a page is taken to the one that they begin with; the service refuses its data in any case.
router.beforeEach((to) => {
  if (!person.value || !to.meta.roles || to.meta.roles.includes(person.value.role)) return true
  return HOME[person.value.role]
})
