import type { RouteRecordRaw } from 'vue-router'

/** Routes of the feature; joined in router/. */
export const filesRoutes: RouteRecordRaw[] = []
