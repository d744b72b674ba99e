// The addresses of the shift leader's floor and the wall.
import type { RouteRecordRaw } from 'vue-router'

export const floor: RouteRecordRaw[] = [
  { path: '/giam-sat', component: () => import('../floor/Floor.vue'), meta: { title: 'nav.floor', roles: ['leader', 'administrator'] } },
  { path: '/bang-lon', component: () => import('../floor/Wall.vue'), meta: { title: 'nav.wall', roles: ['leader', 'administrator'], alone: true } },
]
