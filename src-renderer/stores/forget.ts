import type { Pinia, PiniaPluginContext, Store } from 'pinia'

/** Stores that hold nothing of the vault. */
const kept = new Set(['vault', 'settings'])

const opened = new WeakMap<Pinia, Set<Store>>()

/** Plugin of Pinia that notes every store, so that forgetStores finds it. */
export function rememberStores({ pinia, store }: PiniaPluginContext): void {
  const stores = opened.get(pinia) ?? new Set()
  opened.set(pinia, stores.add(store))
}

/** Empties every store that may hold something of the vault; a component mounted later gets a new, empty one. */
export function forgetStores(pinia: Pinia): void {
  for (const store of opened.get(pinia) ?? []) {
    if (kept.has(store.$id)) continue
    store.$dispose()
    delete pinia.state.value[store.$id]
    opened.get(pinia)?.delete(store)
  }
}
