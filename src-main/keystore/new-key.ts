import type { Caller } from '../../src-shared/model/caller'
import { isAsymmetric } from '../../src-shared/model/key-specs'
import type { KeyOrigin, KeySpec, KeyUsage } from '../../src-shared/model/keys'
import type { RecordTransaction } from '../vault/records'
import { newKeyId, newKeyVersionId } from './key-ids'
import type { NewMaterial } from './key-provider'
import { encodeKeyRecord, type KeyRecord } from './key-record'
import { plainKey, type KeyExtras } from './key-record-extras'
import { primaryVersion, type KeySession } from './key-session'

const creatorChars = 256

/** What a new key is; what is not named here begins as that of a plain key. */
export interface NewKey extends Partial<KeyExtras> {
  keySpec: KeySpec
  keyUsage: KeyUsage
  origin: KeyOrigin
  description: string
}

/** More rows for the transaction that writes the key. */
export type NewKeyRows = (tx: RecordTransaction, record: KeyRecord) => Promise<void>

/**
 * Writes a new key with one version, and the material of that version, in one audited transaction; then it is listed.
 * Without material the key waits for its import. `material` stays the caller's, who destroys it.
 */
export function addKey(session: KeySession, caller: Caller, key: NewKey, material: NewMaterial | null, more?: NewKeyRows): Promise<KeyRecord> {
  return session.changes.run(async () => {
    const record = newRecord(session, caller, key, material === null)
    await session.records.mutate(caller, record.keyId, async (tx) => {
      if (material) await session.provider.store(tx, primaryVersion(record), material)
      await tx.put('key', record.keyId, null, encodeKeyRecord(record))
      await more?.(tx, record)
    })
    session.index.put(record, null)
    session.changed(record.keyId)
    return record
  })
}

function newRecord(session: KeySession, caller: Caller, key: NewKey, waitsForImport: boolean): KeyRecord {
  const keyId = newKeyId()
  const createdAt = session.nowMs()
  const version = { keyVersionId: newKeyVersionId(keyId), createdAt }
  return {
    ...plainKey,
    ...key,
    keyId,
    ordinal: session.index.nextOrdinal,
    protectionLevel: 'SOFTWARE',
    keyState: waitsForImport ? 'PendingImport' : 'Enabled',
    creator: caller.client.slice(0, creatorChars),
    createdAt,
    primaryVersionId: version.keyVersionId,
    versions: [version],
    aliases: [],
    isExportable: key.isExportable === true && isAsymmetric(key.keySpec),
  }
}
