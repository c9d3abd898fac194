import type { RouteRecordRaw } from 'vue-router'

/** Routes of the feature; joined in router/. */
export const secretsRoutes: RouteRecordRaw[] = [
  { path: '/secrets', name: 'secrets', component: () => import('./SecretsPage.vue') },
  { path: '/secrets/health', name: 'secret-health', component: () => import('./health/HealthPage.vue') },
  { path: '/secrets/calendar', name: 'secret-calendar', component: () => import('./calendar/CalendarPage.vue') },
  { path: '/secrets/import', name: 'secret-import', component: () => import('./exchange/ImportPage.vue') },
  { path: '/secrets/at/:secretName', name: 'secret', component: () => import('./SecretPage.vue'), props: true },
]
