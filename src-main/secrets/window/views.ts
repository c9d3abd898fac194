import type { SecretRow, SecretVersionView } from '../../../src-shared/contract/secret-window'
import type { Response } from '../../../src-shared/contract/operations'
import { currentStage } from '../../../src-shared/model/secrets'
import { versionWithStage } from '../../../src-shared/model/secret-stages'
import { isoOrNull, isoSeconds } from '../../keystore/key-metadata'
import { nextSecretRotationAt, type SecretAttachmentRecord, type SecretRecord, type SecretVersionRecord } from '../secret-record'
import { statesOf } from '../secret-states'

/** Fields that say whose secret it is, the best one first. */
const subtitleFields = ['username', 'key_id', 'host']

/** One row of the list. */
export function secretRowOf(record: SecretRecord, nowMs: number): SecretRow {
  const subtitles = subtitleFields.map((name) => record.publicValues.get(name)).filter((value) => value !== undefined && value !== '')
  return {
    secretName: record.name,
    secretType: record.secretType,
    template: record.template,
    description: record.description,
    subtitle: subtitles[0] ?? null,
    currentVersionId: currentVersionOf(record)?.versionId ?? null,
    versions: record.versions.length,
    tags: record.tags.map(({ key, value }) => ({ key, value })),
    isFavourite: record.isFavourite,
    states: statesOf(record, nowMs),
    createTime: isoSeconds(record.createdAt),
    updateTime: isoSeconds(record.updatedAt),
    expiryDate: isoOrNull(record.expiresAt),
    nextRotationDate: isoOrNull(nextSecretRotationAt(record)),
    plannedDeleteTime: isoOrNull(record.deletesAt),
  }
}

/** The version that is served; null for a secret whose current version is gone, which nothing here makes. */
export function currentVersionOf({ versions }: Pick<SecretRecord, 'versions'>): SecretVersionRecord | null {
  return versionWithStage(versions, currentStage)
}

/** A version as the page lists it. */
export function versionViewOf({ versionId, createdAt, stages, dataType, sizeBytes }: SecretVersionRecord): SecretVersionView {
  return { versionId, createTime: isoSeconds(createdAt), stages: [...stages], dataType, sizeBytes }
}

/** An attachment as the page lists it. */
export function attachmentViewOf({ attachmentId, name, sizeBytes, addedAt }: SecretAttachmentRecord): Response<'addSecretAttachment'>['attachment'] {
  return { attachmentId, name, sizeBytes, addedTime: isoSeconds(addedAt) }
}
