import type { Caller } from '../../src-shared/model/caller'
import type { StateOperation } from '../../src-shared/model/state-table'
import type { RecordTransaction } from '../vault/records'
import type { KeyEntry } from './key-index'
import { decodeKeyRecord, encodeKeyRecord, type KeyRecord } from './key-record'
import { requireUsable, type KeySession } from './key-session'
import { damagedRow } from './stored-row'

/** Makes the changed record; may write other rows in the same transaction, and throws KmsError to refuse. */
export type KeyEdit = (record: KeyRecord, tx: RecordTransaction) => KeyRecord | Promise<KeyRecord>

/**
 * Changes one key: finds it, asks the state table, edits the record as it is in the store, and takes it over. A refusal
 * is audited, and nothing in memory changes when the transaction fails. The codes of resolve(), of the state table, and
 * of `edit`.
 */
export function changeKey(session: KeySession, caller: Caller, reference: string, operation: StateOperation, edit: KeyEdit): Promise<Record<string, never>> {
  return session.changes.run(async () => {
    const entry = session.resolve(reference)
    return session.audited(caller, entry.keyId, async () => {
      requireUsable(session, entry.record, operation)
      await editKey(session, caller, entry, edit)
      return {}
    })
  })
}

/** The change itself, for callers that have queued, found and checked on their own. */
export async function editKey(session: KeySession, caller: Caller, { keyId }: KeyEntry, edit: KeyEdit): Promise<KeyRecord> {
  const changed = await session.records.mutate(caller, keyId, async (tx) => writeKey(tx, await edit(await readKey(tx, keyId), tx)))
  session.index.put(changed, session.usage.lastUseAt(keyId))
  session.changed(keyId)
  return changed
}

/** The record of a key that the index knows. VAULT_DAMAGED when it is not there. */
export async function readKey(tx: RecordTransaction, keyId: string): Promise<KeyRecord> {
  const row = await tx.read('key', keyId)
  if (row === null) throw damagedRow('key without its record')
  return decodeKeyRecord(row)
}

/** Writes a record and gives it back. */
export async function writeKey(tx: RecordTransaction, record: KeyRecord): Promise<KeyRecord> {
  await tx.put('key', record.keyId, null, encodeKeyRecord(record))
  return record
}
