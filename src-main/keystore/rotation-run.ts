import type { Caller } from '../../src-shared/model/caller'
import { isAsymmetric } from '../../src-shared/model/key-specs'
import type { KeySession } from './key-session'
import { reEncryptionOperations } from './re-encryption'
import { encodeRow } from './stored-row'
import { decodeUse, type KeyUseEntry } from './where-used-row'

/** Layout 1 of a row `rotation-run`, whose id is the key id: when the run was begun. */
const layoutVersion = 1

/** Notes that finish-rotation has begun; no effect while a run is noted. VAULT_LOCKED, VAULT_WRITE_FAILED, NO_SPACE. */
export async function beginRotationRun(session: KeySession, caller: Caller, keyId: string): Promise<void> {
  if (await isRotationUnfinished(session, keyId)) return
  await session.records.mutate(caller, keyId, (tx) => tx.put('rotation-run', keyId, null, encodeRow(layoutVersion, [session.nowMs()])))
  session.changed(keyId)
}

/** Notes that everything of the run was looked at. VAULT_LOCKED, VAULT_WRITE_FAILED, NO_SPACE. */
export async function endRotationRun(session: KeySession, caller: Caller, keyId: string): Promise<void> {
  await session.records.mutate(caller, keyId, (tx) => tx.remove('rotation-run', keyId))
  session.changed(keyId)
}

/** Whether a run was begun and not ended. */
export async function isRotationUnfinished(session: KeySession, keyId: string): Promise<boolean> {
  return (await session.records.read('rotation-run', keyId)) !== null
}

/** What still uses another version than new encryptions do, newest first. */
export async function oldUsesOf(session: KeySession, keyId: string): Promise<KeyUseEntry[]> {
  const uses = await session.whereUsed.ofKey(keyId)
  const { primaryVersionId } = session.resolve(keyId).record
  return uses.filter(({ keyVersionId }) => keyVersionId !== primaryVersionId)
}

/**
 * The oldest versions of a symmetric key that still decrypt and that nothing known to the vault needs, up to the first
 * one that something does. A file that is missing needs its version: it may come back, or was moved. `needed`: versions
 * that others need.
 */
export async function retirableVersionIds(session: KeySession, keyId: string, needed: ReadonlySet<string>): Promise<string[]> {
  const uses = await session.whereUsed.ofKey(keyId)
  const { versions, minimumVersion, primaryVersionId, keySpec } = session.resolve(keyId).record
  if (isAsymmetric(keySpec)) return []
  const all = new Set([...needed, ...uses.map(({ keyVersionId }) => keyVersionId), primaryVersionId])
  const decrypting = versions.slice(minimumVersion).map(({ keyVersionId }) => keyVersionId)
  return decrypting.slice(0, decrypting.findIndex((keyVersionId) => all.has(keyVersionId)))
}

/**
 * Encrypts a kept ciphertext anew with the primary version of its key, and keeps that one. Nothing when it was forgotten
 * meanwhile. The codes of ReEncrypt, VAULT_WRITE_FAILED, NO_SPACE.
 */
export async function renewKeptCiphertext(session: KeySession, caller: Caller, useId: string): Promise<void> {
  const row = await session.records.read('where-used', useId)
  const use = row && decodeUse(useId, row)
  if (use?.content.kind !== 'ciphertext') return
  const { ciphertextBlob, encryptionContext } = use.content
  const { keyId } = use.entry
  const renewed = await reEncryptionOperations.reEncrypt(session, caller, {
    ciphertextBlob,
    sourceEncryptionContext: encryptionContext,
    destinationKeyId: keyId,
    destinationEncryptionContext: encryptionContext,
  })
  const entry = { ...use.entry, keyVersionId: renewed.keyVersionId, encryptedAt: session.nowMs(), bytes: renewed.ciphertextBlob.length }
  const content = { ...use.content, ciphertextBlob: renewed.ciphertextBlob }
  await session.whereUsed.change(caller, keyId, async (tx) => ({
    puts: (await tx.read('where-used', useId)) === null ? [] : [{ entry, content }],
    removes: [],
  }))
}
