import { createMemoryHistory, createRouter, type RouteLocationNormalized, type Router } from 'vue-router'
import type { VaultStatus } from '../../src-shared/contract/vault'
import { auditRoutes } from '../features/audit/routes'
import { filesRoutes } from '../features/files/routes'
import { inspectorRoutes } from '../features/inspector/routes'
import { keysRoutes } from '../features/keys/routes'
import { secretsRoutes } from '../features/secrets/routes'
import { settingsRoutes } from '../features/settings/routes'
import { tokensRoutes } from '../features/tokens/routes'
import { unlockRoutes } from '../features/unlock/routes'
import { useVaultStore } from '../stores/vault'
import { homeOf } from './home'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown while the vault is locked, and only then. */
    whileLocked?: boolean
    /** Without sidebar. */
    isBare?: boolean
  }
}

function redirectFor(to: RouteLocationNormalized, status: VaultStatus | null): string | true {
  const isUnlocked = status?.state === 'unlocked'
  const isForLocked = to.meta.whileLocked === true
  if (isForLocked === isUnlocked) return homeOf(status)
  return to.name === 'welcome' && status?.state !== 'none' ? homeOf(status) : true
}

/** The router of the window; nothing of the vault can be reached while it is locked. */
export function createWindowRouter(): Router {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', redirect: () => homeOf(useVaultStore().status) },
      ...unlockRoutes,
      ...keysRoutes,
      ...secretsRoutes,
      ...filesRoutes,
      ...tokensRoutes,
      ...inspectorRoutes,
      ...auditRoutes,
      ...settingsRoutes,
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  })
  router.beforeEach((to) => redirectFor(to, useVaultStore().status))
  return router
}
