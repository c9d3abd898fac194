import type { RouteRecordRaw } from 'vue-router'

/** Routes of the feature; joined in router/. */
export const inspectorRoutes: RouteRecordRaw[] = [{ path: '/inspect', name: 'inspect', component: () => import('./InspectorPage.vue') }]
