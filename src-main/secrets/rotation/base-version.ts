import { currentStage, previousStage } from '../../../src-shared/model/secrets'
import { versionById, versionNotFound, versionWithStage } from '../../../src-shared/model/secret-stages'
import { subTypeOf } from '../extended-config'
import type { SecretRecord } from '../secret-record'
import type { RotationRun } from './rotation-row'

type Versioned = Pick<SecretRecord, 'secretType' | 'extendedConfig' | 'versions'>

/** Whether a rotation renews the account that rests, behind ACSPrevious, and not the current one. */
export function isDoubleUsers({ secretType, extendedConfig }: Pick<SecretRecord, 'secretType' | 'extendedConfig'>): boolean {
  return secretType === 'Rds' && subTypeOf(extendedConfig) === 'DoubleUsers'
}

/** The version whose value a rotation that begins now changes at the target. SECRET_VERSION_NOT_FOUND. */
export function baseVersionOf(record: Versioned): string {
  const version = versionWithStage(record.versions, isDoubleUsers(record) ? previousStage : currentStage)
  if (!version) throw versionNotFound()
  return version.versionId
}

/** The version whose value a run began with; when many edits made it fall out since, the one that is in its place. SECRET_VERSION_NOT_FOUND. */
export function oldVersionOf(record: Versioned, { baseVersionId }: Pick<RotationRun, 'baseVersionId'>): string {
  return versionById(record.versions, baseVersionId) ? baseVersionId : baseVersionOf(record)
}
