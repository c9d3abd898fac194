import { openAesGcm, sealAesGcm } from '../crypto/aes-gcm'
import { concatBytes, u32, u64, utf8 } from '../crypto/bytes'
import { formatVersion, lengthPrefixed } from './encoding'
import { damaged } from './problems'
import type { VaultKeys } from './vault-keys'

const hashBytes = 32
const headBytes = 4 + 8 * 5 + hashBytes * 2

/** What the vault knows about all its rows; one sealed row, replaced by every commit (vault-format section 5). */
export interface Head {
  /** Sequence that the next row gets. */
  nextSequence: number
  /** Counts commits; compared with the keychain's to notice an older copy of the vault. */
  generation: number
  /** Revision of vault.json that belongs to this state. */
  headerRevision: number
  rowCount: number
  auditCount: number
  /** Multiset hash over all rows. */
  rowsHash: Uint8Array
  /** End of the audit chain; zeros while it is empty. */
  auditHash: Uint8Array
}

/** The head of a vault without rows. */
export function emptyHead(rowsHash: Uint8Array): Head {
  return { nextSequence: 1, generation: 0, headerRevision: 1, rowCount: 0, auditCount: 0, rowsHash, auditHash: new Uint8Array(hashBytes) }
}

/** Seals `head` under the head key. */
export function sealHead(keys: VaultKeys, vaultId: string, head: Head): Uint8Array {
  const numbers = [head.nextSequence, head.generation, head.headerRevision, head.rowCount, head.auditCount].map(u64)
  const content = concatBytes(u32(formatVersion), ...numbers, head.rowsHash, head.auditHash)
  return keys.use('head', (key) => sealAesGcm(key, content, associatedData(vaultId)))
}

/** VAULT_DAMAGED when it was not sealed by this vault. */
export function openHead(keys: VaultKeys, vaultId: string, sealed: Uint8Array): Head {
  const content = keys.use('head', (key) => openAesGcm(key, sealed, associatedData(vaultId)))
  if (!content || content.length !== headBytes) throw damaged()
  const view = new DataView(content.buffer, content.byteOffset, content.length)
  if (view.getUint32(0) !== formatVersion) throw damaged()
  const number = (index: number) => Number(view.getBigUint64(4 + 8 * index))
  return {
    nextSequence: number(0),
    generation: number(1),
    headerRevision: number(2),
    rowCount: number(3),
    auditCount: number(4),
    rowsHash: content.slice(44, 44 + hashBytes),
    auditHash: content.slice(44 + hashBytes),
  }
}

function associatedData(vaultId: string): Uint8Array {
  return lengthPrefixed(u32(formatVersion), utf8('head'), utf8(vaultId))
}
