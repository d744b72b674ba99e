// The addresses of administration. Whoever does not administer loads none of it.
import type { RouteRecordRaw } from 'vue-router'
import type { Role } from '../session'
import type { WordKey } from '../words'

const page = (path: string, title: WordKey, component: RouteRecordRaw['component'], props = false, roles: Role[] = ['administrator']): RouteRecordRaw =>
  ({ path, component, props, meta: { title, roles } }) as RouteRecordRaw
/** Leaders read rule files, and are the second pair of eyes. */
const READERS: Role[] = ['administrator', 'leader']

export const admin: RouteRecordRaw[] = [
  {
    path: '/quan-tri',
    component: () => import('../admin/AdminFrame.vue'),
    redirect: '/quan-tri/nguoi-dung',
    meta: { roles: READERS },
    children: [
      page('nguoi-dung', 'us.title', () => import('../admin/Users.vue')),
      page('tep', 'ru.title', () => import('../admin/RuleFiles.vue'), false, READERS),
      page('tep/:name', 'ru.title', () => import('../admin/RuleFile.vue'), true, READERS),
      page('kich-ban', 'ia.flows', () => import('../admin/Flows.vue')),
      page('kich-ban/:name', 'ia.flows', () => import('../admin/FlowPage.vue'), true),
      page('loi-phat', 'pr.title', () => import('../admin/Prompts.vue')),
      page('lich', 'ca.title', () => import('../admin/Calendars.vue')),
      page('don-vi', 'ia.agencies', () => import('../admin/Agencies.vue')),
      page('phan-cong', 'ia.routing', () => import('../admin/Routing.vue')),
      page('khao-sat', 'ia.survey', () => import('../admin/SurveyWords.vue')),
      page('nhat-ky', 'ia.history', () => import('../admin/ChangeHistory.vue')),
    ],
  },
]
