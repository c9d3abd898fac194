import { isKmsError, KmsError } from '../../../src-shared/errors'
import { currentStage } from '../../../src-shared/model/secrets'
import { versionWithStage } from '../../../src-shared/model/secret-stages'
import type { SecretChange } from '../change-secret'
import type { SecretRecord } from '../secret-record'
import type { SecretSession } from '../secret-session'
import { openValue, type SecretValues } from '../secret-values'
import { replaceValue } from '../versions'
import { isDoubleUsers } from './base-version'
import { accountOf, withRenewedParts } from './rotated-value'
import type { RotationRun } from './rotation-row'
import { shapeOf, type ValueShape } from './value-shape'

/**
 * The secret with a pending version that keeps what was edited since the rotation began: the current value with the renewed
 * password or key in it. SECRET_CHANGED when the two do not fit together, INVALID_PARAMETER (secretData), codes of
 * openValue() and sealValue().
 */
export async function withLaterEdits(session: SecretSession, record: SecretRecord, values: () => Promise<SecretValues>, run: RotationRun): Promise<SecretChange> {
  const data = await mergedValue(session, record, run)
  if (!data) return { record }
  try {
    return await replaceValue(session, record, values, { versionId: run.versionId, data })
  } finally {
    data.fill(0)
  }
}

/** Refuses what withLaterEdits() would refuse, before a target is given the new value. SECRET_CHANGED, codes of openValue(). */
export async function requireFittingEdits(session: SecretSession, record: SecretRecord, run: RotationRun): Promise<void> {
  const data = await mergedValue(session, record, run)
  data?.fill(0)
}

/** For the caller to zero; null when nothing was edited. */
async function mergedValue(session: SecretSession, record: SecretRecord, run: RotationRun): Promise<Uint8Array | null> {
  const current = versionWithStage(record.versions, currentStage)
  if (!current || isDoubleUsers(record) || [run.baseVersionId, run.versionId].includes(current.versionId)) return null
  const shape = shapeIn(record)
  if (!shape || current.dataType !== 'text') throw changedMeanwhile(record, run)
  const today = await openValue(session, record, current.versionId)
  try {
    if (accountOf(shape, today) !== run.account) throw changedMeanwhile(record, run)
    const pending = await openValue(session, record, run.versionId)
    const merged = withRenewedParts(shape, today, pending)
    pending.fill(0)
    if (!merged) throw changedMeanwhile(record, run)
    return merged
  } finally {
    today.fill(0)
  }
}

function shapeIn(record: SecretRecord): ValueShape | null {
  try {
    return shapeOf(record)
  } catch (error) {
    if (isKmsError(error, 'UNSUPPORTED_OPERATION')) return null
    throw error
  }
}

function changedMeanwhile({ name }: SecretRecord, { baseVersionId }: RotationRun): KmsError {
  const message = `The account or the form of the value was changed since the rotation began: make version ${baseVersionId}, or one like it, current again, then retry or roll back.`
  return new KmsError('SECRET_CHANGED', message, { secretName: name })
}
