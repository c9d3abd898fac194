import type { SecretBuffer } from '../crypto/secret-buffer'
import { checkHeader, type Header } from './header'
import { damaged } from './problems'
import { VaultSession } from './session'
import type { StoreFactory } from './store-port'
import { VaultKeys } from './vault-keys'

/**
 * Opens the database of a vault with its root key, which this takes over, and compares everything with the sealed head
 * and vault.json. VAULT_DAMAGED, VAULT_NEWER_VERSION; nothing has been written then, and the keys are destroyed.
 */
export async function openSession(stores: StoreFactory, databasePath: string, header: Header, root: SecretBuffer): Promise<VaultSession> {
  const keys = new VaultKeys(root, header.vaultId)
  try {
    checkHeader(keys, header)
    const session = await openDatabase(stores, databasePath, header.vaultId, keys)
    if (isRevisionKnown(header, session)) return session
    await session.store.close(false)
    throw damaged()
  } catch (error) {
    keys.destroy()
    throw error
  }
}

/** As openSession without vault.json. `keys` stay the caller's when this throws. */
export async function openDatabase(stores: StoreFactory, path: string, vaultId: string, keys: VaultKeys): Promise<VaultSession> {
  const store = await stores.open(path)
  try {
    return await VaultSession.open(keys, store, vaultId)
  } catch (error) {
    await store.close(false)
    throw error
  }
}

/** vault.json is written first, so it may be one ahead after a crash; an older one was put back by somebody. */
function isRevisionKnown(header: Header, session: VaultSession): boolean {
  const ahead = header.revision - session.head.headerRevision
  return ahead === 0 || ahead === 1
}
