import type { RouteRecordRaw } from 'vue-router'

/** Unlocking, and the way to a first vault. */
export const unlockRoutes: RouteRecordRaw[] = [
  { path: '/unlock', name: 'unlock', component: () => import('./UnlockPage.vue'), meta: { whileLocked: true, isBare: true } },
  { path: '/welcome', name: 'welcome', component: () => import('./WelcomePage.vue'), meta: { whileLocked: true, isBare: true } },
  { path: '/welcome/kit', name: 'kit', component: () => import('./KitPage.vue'), meta: { isBare: true } },
]
