import type { Response } from '../../src-shared/contract/operations'
import { findEncryptedFiles, type EncryptedFile } from '../files/find-encrypted'
import type { FileUse } from '../keystore/file-uses'
import type { Keystore } from '../keystore/keystore'
import { useIdOfPath } from '../keystore/where-used-files'

const recordedAtOnce = 500

/**
 * Looks for encrypted files behind the paths and remembers those whose header names a key version of this vault; a
 * header proves nothing, so what is remembered may turn out not to open. VAULT_LOCKED, VAULT_WRITE_FAILED, NO_SPACE.
 */
export async function findEncrypted(keystore: Keystore, paths: readonly string[]): Promise<Response<'findEncryptedFiles'>> {
  let [found, unreadable, added] = [0, 0, 0]
  const uses: FileUse[] = []
  const flush = async () => {
    const some = uses.splice(0)
    if (some.length === 0) return
    await keystore.fileUses.record(some)
    added += some.length
  }
  for await (const file of findEncryptedFiles(paths)) {
    const use = file && useOf(keystore, file)
    if (file === null) unreadable++
    if (!use) continue
    found++
    if (!(await isKnown(keystore, use))) uses.push(use)
    if (uses.length >= recordedAtOnce) await flush()
  }
  await flush()
  return { found, added, unreadable }
}

/** Null when no recipient is a key version of this vault. */
function useOf(keystore: Keystore, { path, entries, messageId, bytes, changedAt }: EncryptedFile): FileUse | null {
  const { index } = keystore.session()
  for (const entry of entries) {
    const named = keystore.fileKeys.describeEntry(entry)
    const versions = named ? (index.byId(named.keyId)?.record.versions ?? []) : []
    if (named && versions.some(({ keyVersionId }) => keyVersionId === named.keyVersionId)) return { path, ...named, messageId, bytes, encryptedAt: changedAt }
  }
  return null
}

async function isKnown(keystore: Keystore, { path, keyId, keyVersionId }: FileUse): Promise<boolean> {
  const known = await keystore.session().whereUsed.byId(useIdOfPath(path))
  return known?.keyId === keyId && known.keyVersionId === keyVersionId && !known.isMissing
}
