import type { RouteRecordRaw } from 'vue-router'

/** Routes of the feature; joined in router/. */
export const tokensRoutes: RouteRecordRaw[] = [
  { path: '/tokens', name: 'tokens', component: () => import('./TokensPage.vue') },
  { path: '/tokens/ceremony', name: 'token-ceremony', component: () => import('./ceremony/CeremonyPage.vue') },
  { path: '/tokens/:tokenId', name: 'token', component: () => import('./token/TokenPage.vue'), props: true },
  { path: '/tokens/:tokenId/objects/:objectId', name: 'token-object', component: () => import('./token/TokenObjectPage.vue'), props: true },
]
