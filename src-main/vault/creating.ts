import { uuid } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import type { Clock } from '../platform/ports'
import { authenticateHeader, type Header } from './header'
import { makePassphraseSlot } from './passphrase-slot'
import { makeRecoverySlot } from './recovery-slot'
import { VaultSession } from './session'
import type { SlotKdfs } from './slot-kdf'
import type { StoreFactory } from './store-port'
import type { VaultFiles } from './vault-files'
import { VaultKeys } from './vault-keys'

/** The services that creating needs. */
export interface CreatingParts {
  files: VaultFiles
  stores: StoreFactory
  kdfs: SlotKdfs
  clock: Clock
}

/** A vault that has just been made, unlocked; the caller owns session and entropy. */
export interface MadeVault {
  session: VaultSession
  header: Header
  /** Behind the recovery words. */
  entropy: SecretBuffer
}

/** Makes the files of a new vault. After a failure there is none. PASSPHRASE_TOO_WEAK, VAULT_WRITE_FAILED, NO_SPACE. */
export async function createVault(parts: CreatingParts, request: { passphrase: Uint8Array; name: string; kdfTargetMs?: number }): Promise<MadeVault> {
  const createdAt = new Date(parts.clock.nowMs()).toISOString()
  const vaultId = uuid()
  const root = SecretBuffer.random(32)
  const keys = new VaultKeys(root, vaultId)
  const recovery = makeRecoverySlot(root, vaultId, createdAt)
  try {
    const passphrase = await makePassphraseSlot(parts.kdfs, { ...request, root, vaultId, createdAt })
    const header = authenticateHeader(keys, {
      format: 'keystead-vault',
      vaultId,
      name: request.name,
      createdAt,
      revision: 1,
      slots: [passphrase, recovery.slot],
      quickUnlock: null,
    })
    const session = await writeFiles(parts, keys, header)
    return { session, header, entropy: recovery.entropy }
  } catch (error) {
    keys.destroy()
    recovery.entropy.destroy()
    throw error
  }
}

async function writeFiles({ files, stores }: CreatingParts, keys: VaultKeys, header: Header): Promise<VaultSession> {
  const made: VaultSession[] = []
  try {
    await files.create(async () => {
      const store = await stores.create(files.database)
      made.push(await VaultSession.initialise(keys, store, header.vaultId).catch(async (error: unknown) => {
        await store.close(false)
        throw error
      }))
      return header
    })
  } catch (error) {
    for (const session of made) await session.close()
    throw error
  }
  const [session] = made
  if (!session) throw new Error('a vault was created without a session')
  return session
}
