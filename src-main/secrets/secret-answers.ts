import { formatDuration } from '../../src-shared/model/duration'
import type { SecretAutomaticRotation } from '../../src-shared/model/secrets'
import type { Tag } from '../../src-shared/model/tags'
import { isoSeconds } from '../keystore/key-metadata'
import { nextSecretRotationAt, type SecretRecord } from './secret-record'

/** What answers say of the rotation of a secret. */
export interface RotationAnswer {
  automaticRotation?: SecretAutomaticRotation
  rotationInterval?: string
  nextRotationDate?: string
  lastRotationDate?: string
}

/** Managed secrets rotate, and those that have a target (not of the KMS API). */
export function canRotate({ secretType, hasTarget }: Pick<SecretRecord, 'secretType' | 'hasTarget'>): boolean {
  return secretType !== 'Generic' || hasTarget
}

/** Nothing for a secret that does not rotate. */
export function rotationAnswerOf(record: SecretRecord): RotationAnswer {
  if (!canRotate(record)) return {}
  const { isEnabled, intervalSeconds, lastRotatedAt, isInvalid } = record.rotation
  const nextAt = nextSecretRotationAt(record)
  const whenOn = isInvalid ? 'Invalid' : 'Enabled'
  return {
    automaticRotation: isEnabled ? whenOn : 'Disabled',
    ...(intervalSeconds === null ? {} : { rotationInterval: formatDuration(intervalSeconds) }),
    ...(nextAt === null ? {} : { nextRotationDate: isoSeconds(nextAt) }),
    ...(lastRotatedAt === null ? {} : { lastRotationDate: isoSeconds(lastRotatedAt) }),
  }
}

/** The extended config as text; nothing where there is none. */
export function configAnswerOf({ extendedConfig }: Pick<SecretRecord, 'extendedConfig'>): { extendedConfig?: string } {
  return extendedConfig === null ? {} : { extendedConfig: JSON.stringify(extendedConfig) }
}

/** When a deletion is carried out; nothing outside the recycle bin. */
export function deletionAnswerOf({ deletesAt }: Pick<SecretRecord, 'deletesAt'>): { plannedDeleteTime?: string } {
  return deletesAt === null ? {} : { plannedDeleteTime: isoSeconds(deletesAt) }
}

/** A tag as the KMS writes it. */
export function tagAnswerOf({ key, value }: Tag): { TagKey: string; TagValue: string } {
  return { TagKey: key, TagValue: value }
}
