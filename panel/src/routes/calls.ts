// The addresses of calls, call-backs and answers.
import type { RouteRecordRaw } from 'vue-router'
import type { Role } from '../session'

const HOTLINE: Role[] = ['operator', 'leader', 'administrator']

export const calls: RouteRecordRaw[] = [
  { path: '/goi-lai', component: () => import('../calls/Callbacks.vue'), meta: { title: 'cb.title', roles: HOTLINE } },
  { path: '/nhat-ky-goi', component: () => import('../calls/CallLog.vue'), meta: { title: 'nav.calls', roles: HOTLINE } },
  { path: '/nhat-ky-goi/:call', component: () => import('../calls/CallPage.vue'), props: true, meta: { title: 'cl.one', roles: HOTLINE } },
  { path: '/cau-tra-loi', component: () => import('../calls/Answers.vue'), meta: { title: 'nav.answers' } },
]
