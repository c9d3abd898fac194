import type { Pinia } from 'pinia'

/** Stores that hold nothing of the vault. */
const kept = new Set(['vault', 'settings'])

interface Registry {
  _s: Map<string, { $dispose: () => void }>
}

/** Empties every store that may hold something of the vault; a component mounted later gets a new, empty one. */
export function forgetStores(pinia: Pinia): void {
  const stores = (pinia as Pinia & Registry)._s
  for (const [id, store] of stores) {
    if (kept.has(id)) continue
    store.$dispose()
    delete pinia.state.value[id]
  }
}
