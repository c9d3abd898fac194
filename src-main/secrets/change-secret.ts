import type { Caller } from '../../src-shared/model/caller'
import type { RecordTransaction } from '../vault/records'
import type { SecretEntry } from './secret-index'
import { encodeSecretRecord, type SecretRecord } from './secret-record'
import { requireActive, type SecretSession } from './secret-session'
import { readValues, writeValues, type SecretValues } from './secret-values'

/** What an edit makes of a secret. */
export interface SecretChange {
  record: SecretRecord
  /** All values of the secret; absent: they stay as they are. */
  values?: SecretValues
  /** Writes other rows in the same transaction. */
  more?: (tx: RecordTransaction) => Promise<void>
}

/**
 * Makes the changed secret, and throws KmsError to refuse. It runs before the transaction, in the queue of changes: values
 * are sealed here, which may have to write on its own. `values` reads the values that the secret has. The record that was
 * given, as it is, says that nothing is to be written.
 */
export type SecretEdit = (record: SecretRecord, values: () => Promise<SecretValues>) => SecretChange | Promise<SecretChange>

/**
 * Changes one secret: finds it, edits it, writes it in one audited transaction, and takes it over. A refusal is audited,
 * and nothing in memory changes when the transaction fails. The codes of resolve(), SECRET_IN_DELETE_WINDOW, those of
 * `edit`, VAULT_WRITE_FAILED.
 */
export function changeSecret(session: SecretSession, caller: Caller, reference: string, edit: SecretEdit): Promise<SecretRecord> {
  return session.changes.run(async () => {
    const entry = session.resolve(reference)
    return session.audited(caller, entry.record.name, async () => {
      requireActive(entry)
      return editSecret(session, caller, entry, edit)
    })
  })
}

/** The change itself, for callers that have queued (session.changes), found and checked on their own. */
export async function editSecret(session: SecretSession, caller: Caller, { secretId, record }: SecretEntry, edit: SecretEdit): Promise<SecretRecord> {
  const { record: edited, values, more } = await edit(record, () => readValues(session.records, secretId))
  if (edited === record && !values && !more) return record
  const changed: SecretRecord = { ...edited, updatedAt: session.nowMs() }
  await session.records.mutate(caller, changed.name, async (tx) => {
    if (values) await writeValues(tx, secretId, values)
    await more?.(tx)
    await writeSecret(tx, changed)
  })
  session.index.put(changed)
  if (changed.name !== record.name) session.changed(record.name)
  session.changed(changed.name)
  return changed
}

/** Writes the record of a secret. */
export async function writeSecret(tx: Pick<RecordTransaction, 'put'>, record: SecretRecord): Promise<void> {
  await tx.put('secret', record.secretId, null, encodeSecretRecord(record))
}
