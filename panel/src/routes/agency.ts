// The addresses of the agency's desk and of tickets.
import type { RouteRecordRaw } from 'vue-router'

export const agency: RouteRecordRaw[] = [
  { path: '/hop-viec', component: () => import('../agency/Inbox.vue'), meta: { title: 'nav.inbox', roles: ['officer', 'approver'] } },
  { path: '/duyet', component: () => import('../agency/Approvals.vue'), meta: { title: 'nav.approvals', roles: ['approver'] } },
  { path: '/phieu', component: () => import('../agency/TicketList.vue'), meta: { title: 'nav.tickets' } },
  { path: '/phieu/:code([1-9][0-9]{7})', component: () => import('../agency/TicketPage.vue'), meta: { title: 'ag.ticket' } },
]
