// The address of reports.
import type { RouteRecordRaw } from 'vue-router'

export const reports: RouteRecordRaw[] = [
  { path: '/bao-cao', component: () => import('../reports/Reports.vue'), meta: { title: 'rp.title', roles: ['leader', 'administrator', 'officer', 'approver'] } },
]
