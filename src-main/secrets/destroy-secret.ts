import { systemCaller, type Caller } from '../../src-shared/model/caller'
import { removeAttachments } from './attachment-rows'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'

/** Destroys a secret with all that the vault has of it, in one transaction. To be called in the queue of changes. */
export async function destroySecret(session: SecretSession, caller: Caller, record: SecretRecord): Promise<void> {
  const { secretId, name } = record
  await session.records.mutate(caller, name, async (tx) => {
    for (const kind of ['secret', 'secret-values', 'secret-rotation'] as const) await tx.remove(kind, secretId)
    await removeAttachments(tx, record)
  })
  session.index.remove(secretId)
  session.changed(name)
}

/** Destroys a secret whose recovery window is over. Nothing when it is not. */
export function destroyWhenDue(session: SecretSession, secretId: string): Promise<void> {
  return session.changes.run(async () => {
    const record = session.index.byId(secretId)?.record
    if (record && isDeletionDue(record, session.nowMs())) await destroySecret(session, systemCaller('deleteSecret'), record)
  })
}

/** Whether the recovery window of a deleted secret is over. */
export function isDeletionDue({ deletesAt }: Pick<SecretRecord, 'deletesAt'>, nowMs: number): boolean {
  return deletesAt !== null && deletesAt <= nowMs
}
