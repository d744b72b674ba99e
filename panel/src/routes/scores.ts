// The addresses of agencies' scores and of surveys by operators.
import type { RouteRecordRaw } from 'vue-router'
import { person } from '../session'
import type { Role } from '../session'

const LEADERS: Role[] = ['leader', 'administrator']
const AGENCY: Role[] = ['officer', 'approver']

export const scores: RouteRecordRaw[] = [
  { path: '/diem', component: () => import('../scores/Ranking.vue'), meta: { title: 'sc.title', roles: LEADERS } },
  { path: '/diem-cua-toi', component: () => import('../scores/AgencyScores.vue'), meta: { title: 'sc.own', roles: AGENCY } },
  {
    path: '/diem/:agency([a-z0-9-]+)',
    component: () => import('../scores/AgencyScores.vue'),
    props: true,
    meta: { title: 'sc.own', roles: [...LEADERS, ...AGENCY] },
    // An agency's people have one page of scores: their own.
    beforeEnter: (to) => (person.value && AGENCY.includes(person.value.role) && to.params.agency !== person.value.agency ? '/diem-cua-toi' : true),
  },
  { path: '/khao-sat', component: () => import('../surveys/OperatorSurvey.vue'), meta: { title: 'os.title', roles: ['operator', ...LEADERS] } },
]
