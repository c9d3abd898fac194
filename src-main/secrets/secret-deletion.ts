import type { Request, Response } from '../../src-shared/contract/operations'
import { KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { secondsPerDay } from '../../src-shared/model/duration'
import { rotationPending } from '../../src-shared/model/secret-stages'
import { isoSeconds } from '../keystore/key-metadata'
import { editSecret } from './change-secret'
import { destroySecret, isDeletionDue } from './destroy-secret'
import { readRotation } from './rotation/rotation-row'
import type { SecretEntry } from './secret-index'
import type { SecretRecord } from './secret-record'
import { requireActive, rotationRunning, type SecretSession } from './secret-session'

/**
 * DeleteSecret: into the recycle bin for some days, in which the name stays taken and the value cannot be read; with force
 * destroyed at once, also from the recycle bin. SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW, ROTATION_RUNNING; with force also
 * ROTATION_PENDING while a target may have a value that only an unfinished rotation knows.
 */
export function deleteSecret(session: SecretSession, caller: Caller, request: Request<'deleteSecret'>): Promise<Response<'deleteSecret'>> {
  const { secretName, recoveryWindowInDays, forceDeleteWithoutRecovery } = request
  return onEntry(session, caller, secretName, async (entry) => {
    const { record } = entry
    const nowMs = session.nowMs()
    if (session.isRotating(record.secretId)) throw rotationRunning(record)
    if (forceDeleteWithoutRecovery) {
      await requireNothingApplied(session, record)
      await destroySecret(session, caller, record)
      return { secretName: record.name, plannedDeleteTime: isoSeconds(nowMs) }
    }
    requireActive(entry)
    const deletesAt = nowMs + recoveryWindowInDays * secondsPerDay * 1000
    await editSecret(session, caller, entry, (active) => ({ record: { ...active, deletesAt } }))
    return { secretName: record.name, plannedDeleteTime: isoSeconds(deletesAt) }
  })
}

/** RestoreSecret: out of the recycle bin. SECRET_NOT_FOUND; STATE_MODIFIED_FAILED for one that is not in it, or when its days are over. */
export function restoreSecret(session: SecretSession, caller: Caller, { secretName }: Request<'restoreSecret'>): Promise<Response<'restoreSecret'>> {
  return onEntry(session, caller, secretName, async (entry) => {
    const { record } = entry
    if (record.deletesAt === null) throw notRestorable(record.name, 'The specified secret is not deleted.')
    if (isDeletionDue(record, session.nowMs())) throw notRestorable(record.name, 'The recovery window of the specified secret is over.')
    await editSecret(session, caller, entry, (deleted) => ({ record: { ...deleted, deletesAt: null } }))
    return { secretName: record.name }
  })
}

async function requireNothingApplied({ records }: SecretSession, { name, secretId, hasTarget }: SecretRecord): Promise<void> {
  const run = hasTarget ? (await readRotation(records, secretId)).run : null
  if (run?.mayBeApplied) throw rotationPending(name)
}

function onEntry<T>(session: SecretSession, caller: Caller, reference: string, work: (entry: SecretEntry) => Promise<T>): Promise<T> {
  return session.changes.run(async () => {
    const entry = session.resolve(reference)
    return session.audited(caller, entry.record.name, () => work(entry))
  })
}

function notRestorable(secretName: string, message: string): KmsError {
  return new KmsError('STATE_MODIFIED_FAILED', message, { secretName })
}
