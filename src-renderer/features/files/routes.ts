import type { RouteRecordRaw } from 'vue-router'

/** Routes of the feature; joined in router/. */
export const filesRoutes: RouteRecordRaw[] = [{ path: '/files', name: 'files', component: () => import('./FilesPage.vue') }]
