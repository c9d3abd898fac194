import type { RouteRecordRaw } from 'vue-router'

/** Routes of the feature; joined in router/. */
export const auditRoutes: RouteRecordRaw[] = [{ path: '/activity', name: 'activity', component: () => import('./AuditPage.vue') }]
