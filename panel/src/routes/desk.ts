// The addresses of the operator's desk.
import type { RouteRecordRaw } from 'vue-router'

export const desk: RouteRecordRaw[] = [
  { path: '/ban-lam-viec', component: () => import('../desk/Desk.vue'), meta: { title: 'nav.desk', roles: ['operator', 'leader', 'administrator'] } },
]
