import type { RouteRecordRaw } from 'vue-router'

/** Unlocking, and the way to a first vault. */
export const unlockRoutes: RouteRecordRaw[] = [
  { path: '/unlock', name: 'unlock', component: () => import('./UnlockPage.vue'), meta: { whileLocked: true } },
]
