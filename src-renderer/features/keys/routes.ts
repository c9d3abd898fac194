import type { RouteRecordRaw } from 'vue-router'

/** Routes of the feature; joined in router/. */
export const keysRoutes: RouteRecordRaw[] = [
  { path: '/keys', name: 'keys', component: () => import('./KeysPage.vue') },
  { path: '/keys/:keyId', name: 'key', component: () => import('./KeyPage.vue'), props: true },
]
