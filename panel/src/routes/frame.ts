// The addresses of sign-in, the frame, the person's own page.
import type { RouteRecordRaw } from 'vue-router'

export const frame: RouteRecordRaw[] = [
  { path: '/vao', component: { render: () => null }, meta: { title: 'in.title' } },
  { path: '/toi', component: () => import('../pages/Me.vue'), meta: { title: 'me.title' } },
]
