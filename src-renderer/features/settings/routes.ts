import type { RouteRecordRaw } from 'vue-router'

/** The settings, a section each. */
export const settingsRoutes: RouteRecordRaw[] = [
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./SettingsPage.vue'),
    redirect: '/settings/general',
    children: [
      { path: 'general', component: () => import('./GeneralSection.vue') },
      { path: 'security', component: () => import('./SecuritySection.vue') },
      { path: 'backup', component: () => import('./BackupSection.vue') },
      { path: 'about', component: () => import('./AboutSection.vue') },
    ],
  },
]
