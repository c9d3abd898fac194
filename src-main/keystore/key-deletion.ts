import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { secondsPerDay } from '../../src-shared/model/duration'
import type { RecordTransaction } from '../vault/records'
import { changeKey } from './change-key'
import { isDeletionDue } from './destroy-key'
import type { KeyRecord } from './key-record'
import type { KeySession } from './key-session'

/**
 * ScheduleKeyDeletion: nothing uses the key from now on; when the days are over it is destroyed for good (key-schedule).
 * STATE_MODIFIED_FAILED, DELETION_PROTECTED.
 */
function scheduleKeyDeletion(session: KeySession, caller: Caller, request: Request<'scheduleKeyDeletion'>): Promise<Response<'scheduleKeyDeletion'>> {
  return changeKey(session, caller, request.keyId, 'scheduleKeyDeletion', (record) => {
    const { keyId, deletionProtection } = record
    if (deletionProtection.isOn) throw new KmsError('DELETION_PROTECTED', 'The specified key is protected against deletion.', { keyId })
    return { ...record, keyState: 'PendingDeletion', deletesAt: session.nowMs() + request.pendingWindowInDays * secondsPerDay * 1000 }
  })
}

/**
 * CancelKeyDeletion: the key is enabled again, and a suspended rotation goes on; without imported material it waits for
 * it. STATE_MODIFIED_FAILED, also when the days are over.
 */
function cancelKeyDeletion(session: KeySession, caller: Caller, { keyId }: Request<'cancelKeyDeletion'>): Promise<Response<'cancelKeyDeletion'>> {
  return changeKey(session, caller, keyId, 'cancelKeyDeletion', async (record, tx) => {
    if (isDeletionDue(record, session.nowMs())) throw tooLate(record)
    return { ...record, keyState: (await hasMaterial(record, tx)) ? 'Enabled' : 'PendingImport', deletesAt: null }
  })
}

/**
 * SetDeletionProtection: exactly one of keyId and protectedResourceArn names the key; a description goes with switching
 * on only. INVALID_PARAMETER, STATE_MODIFIED_FAILED while the deletion is pending.
 */
async function setDeletionProtection(session: KeySession, caller: Caller, request: Request<'setDeletionProtection'>): Promise<Response<'setDeletionProtection'>> {
  const { keyId, protectedResourceArn, enableDeletionProtection: isOn, deletionProtectionDescription: description = '' } = request
  if (!isOn && description !== '') throw invalidParameter('deletionProtectionDescription', 'is for switching the protection on')
  if (protectedResourceArn !== undefined && !protectedResourceArn.startsWith('acs:')) throw invalidParameter('protectedResourceArn', 'must be the ARN of a key')
  const reference = keyId ?? protectedResourceArn
  if (reference === undefined || (keyId !== undefined && protectedResourceArn !== undefined)) {
    throw invalidParameter('keyId', 'exactly one of keyId and protectedResourceArn must be given')
  }
  return changeKey(session, caller, reference, 'setDeletionProtection', (record) => ({ ...record, deletionProtection: { isOn, description } }))
}

/** Keys that were made here always have it; of those from outside the row itself tells. */
async function hasMaterial({ origin, primaryVersionId }: KeyRecord, tx: RecordTransaction): Promise<boolean> {
  if (origin !== 'EXTERNAL') return true
  const material = await tx.read('key-material', primaryVersionId)
  material?.fill(0)
  return material !== null
}

function tooLate({ keyId }: KeyRecord): KmsError {
  return new KmsError('STATE_MODIFIED_FAILED', 'The time to cancel the deletion of the specified key is over.', { keyId })
}

export const deletionOperations = { scheduleKeyDeletion, cancelKeyDeletion, setDeletionProtection }
