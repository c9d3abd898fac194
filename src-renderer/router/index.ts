import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { auditRoutes } from '../features/audit/routes'
import { filesRoutes } from '../features/files/routes'
import { keysRoutes } from '../features/keys/routes'
import { settingsRoutes } from '../features/settings/routes'
import { unlockRoutes } from '../features/unlock/routes'
import { useVaultStore } from '../stores/vault'
import type { VaultStatus } from '../../src-shared/contract/vault'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown while the vault is locked, and only then. */
    whileLocked?: boolean
  }
}

/** Where the window must be in this state of the vault, when it cannot stay at a page for the other state. */
export function homeOf(status: VaultStatus | null): string {
  if (status?.state === 'unlocked') return status.recoveryKitPending ? '/welcome/kit' : '/keys'
  return status?.state === 'none' && status.problem === null ? '/welcome' : '/unlock'
}

/** The router of the window; nothing of the vault can be reached while it is locked. */
export function createWindowRouter(): Router {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', redirect: () => homeOf(useVaultStore().status) },
      ...unlockRoutes,
      ...keysRoutes,
      ...filesRoutes,
      ...auditRoutes,
      ...settingsRoutes,
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  })
  router.beforeEach((to) => {
    const { status, isUnlocked } = useVaultStore()
    if (to.meta.whileLocked !== true && !isUnlocked) return homeOf(status)
    if (to.path === '/unlock' && isUnlocked) return homeOf(status)
    return true
  })
  return router
}
