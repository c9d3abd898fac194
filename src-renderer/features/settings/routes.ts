import type { RouteRecordRaw } from 'vue-router'

/** The settings, a tab each. */
export const settingsRoutes: RouteRecordRaw[] = []
