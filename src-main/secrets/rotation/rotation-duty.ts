import { isKmsError } from '../../../src-shared/errors'
import { systemCaller } from '../../../src-shared/model/caller'
import { uuid } from '../../crypto/random'
import type { SecretDuty } from '../secret-schedule'
import { rotationRunning, type SecretSession } from '../secret-session'
import { nextSecretRotationAt } from '../secret-summary'
import type { SecretRotations } from './rotations'

const keptBack = ['VAULT_LOCKED', 'VAULT_WRITE_FAILED', 'NO_SPACE', 'LIMIT_EXCEEDED'] as const

/**
 * Rotates secrets when their interval is over, once however long the vault was locked. A secret whose last rotation failed
 * or was not finished waits for the user.
 */
export function rotationDuty(rotations: SecretRotations): SecretDuty {
  return {
    dueAt: ({ nextRotationAt, isInvalid, isPending }) => (isInvalid || isPending ? null : nextRotationAt),
    carryOut: (session, secretId) => rotateWhenDue(rotations, session, secretId),
  }
}

async function rotateWhenDue(rotations: SecretRotations, session: SecretSession, secretId: string): Promise<void> {
  const record = session.index.byId(secretId)?.record
  const dueAt = record ? nextSecretRotationAt(record) : null
  if (!record || !record.hasTarget || record.rotation.isInvalid || dueAt === null || dueAt > session.nowMs()) return
  // A test of the target may be all that runs: it is looked at again.
  if (rotations.isRunning(secretId)) throw rotationRunning(record)
  try {
    await rotations.rotate(session, systemCaller('rotateSecret'), { secretName: record.name, versionId: uuid() }, 'schedule')
  } catch (error) {
    // What a target refuses is in the history of the secret; what holds back all rotations is the schedule's business.
    if (!isKmsError(error) || keptBack.some((code) => error.code === code)) throw error
  }
}
