import { systemCaller } from '../../src-shared/model/caller'
import type { RecordTransaction } from '../vault/records'
import { editKey } from './change-key'
import type { KeyRecord } from './key-record'
import { versionOf, type KeySession } from './key-session'

/**
 * Destroys a key whose pending deletion is due, and with it all that the vault has of it, in one transaction: material,
 * public keys, counts of use, aliases, import tokens, certificates, what is known of its uses. Before that, what a token has
 * of it: the key stays as it is until the token is there. Nothing when it is not due. TOKEN_NOT_FOUND, TOKEN_LOGIN_NEEDED.
 */
export async function destroyWhenDue(session: KeySession, keyId: string): Promise<void> {
  const due = session.index.byId(keyId)?.record
  if (!due || !isDeletionDue(due, session.nowMs())) return
  // No other change waits for a token; and none can take back a deletion that is due.
  for (const { keyVersionId } of due.versions) await session.provider.destroyElsewhere(versionOf(due, keyVersionId))
  return session.changes.run(async () => {
    const record = session.index.byId(keyId)?.record
    if (!record || !isDeletionDue(record, session.nowMs())) return
    const caller = systemCaller('deleteKey')
    // Reads the rows, if nobody has yet: within a change of theirs that would wait for itself.
    await session.whereUsed.ofKey(keyId)
    const certificateIds = (await session.certificates.ofKey(keyId)).map(({ certificateId }) => certificateId)
    await session.usage.forgetWith(keyId, () =>
      session.whereUsed.change(caller, keyId, async (tx) => {
        await removeRows(session, record, tx)
        for (const certificateId of certificateIds) await tx.remove('certificate', certificateId)
        return { puts: [], removes: (await session.whereUsed.ofKey(keyId)).map(({ useId }) => useId) }
      }),
    )
    session.index.remove(keyId)
    session.importTokens.forget(keyId)
    await session.certificates.remove(certificateIds)
    session.changed(keyId)
  })
}

/** Destroys imported material whose time is over; the key waits for a new import, or for its deletion. Nothing when it is not due. */
export function destroyMaterialWhenDue(session: KeySession, keyId: string): Promise<void> {
  return session.changes.run(async () => {
    const entry = session.index.byId(keyId)
    const expiresAt = entry?.record.importedMaterial.expiresAt ?? null
    if (!entry || expiresAt === null || expiresAt > session.nowMs()) return
    await editKey(session, systemCaller('deleteKeyMaterial'), entry, (record, tx) => withoutMaterial(session, record, tx))
  })
}

/**
 * The record after its imported material is removed, all in `tx`: the key waits for an import, but a pending deletion
 * goes on. What the next import must equal is kept.
 */
export async function withoutMaterial(session: KeySession, record: KeyRecord, tx: RecordTransaction): Promise<KeyRecord> {
  await removeMaterial(session, record, tx)
  const importedMaterial = { ...record.importedMaterial, expiresAt: null }
  return { ...record, importedMaterial, keyState: record.keyState === 'PendingDeletion' ? 'PendingDeletion' : 'PendingImport' }
}

/** Whether the days of a pending deletion are over. */
export function isDeletionDue({ keyState, deletesAt }: KeyRecord, nowMs: number): boolean {
  return keyState === 'PendingDeletion' && deletesAt !== null && deletesAt <= nowMs
}

async function removeRows(session: KeySession, record: KeyRecord, tx: RecordTransaction): Promise<void> {
  const { keyId, versions } = record
  await removeMaterial(session, record, tx)
  for (const { keyVersionId } of versions) await tx.remove('key-usage', keyVersionId)
  for (const tokenId of session.importTokens.idsOf(keyId)) await tx.remove('import-token', tokenId)
  await tx.remove('rotation-run', keyId)
  await tx.remove('key', keyId)
}

async function removeMaterial(session: KeySession, record: KeyRecord, tx: RecordTransaction): Promise<void> {
  for (const { keyVersionId } of record.versions) await session.provider.remove(tx, versionOf(record, keyVersionId))
}
