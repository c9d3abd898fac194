import type { KeyRow } from '../../src-shared/contract/key-window'
import type { KeyMetadata } from '../../src-shared/contract/keys'
import { formatDuration } from '../../src-shared/model/duration'
import { isSymmetric } from '../../src-shared/model/key-specs'
import { automaticRotationOf, nextRotationAt } from '../../src-shared/model/rotation'
import { bareAlias } from '../../src-shared/model/alias'
import { keyArn } from './arn'
import type { KeyEntry } from './key-index'
import { lastRotationAt, type KeyRecord } from './key-record'

/** KeyMetadata of DescribeKey (kms-api 1.2). `keyState` in place of the written one, where they differ (effectiveState). */
export function keyMetadataOf(vaultId: string, record: KeyRecord, keyState = record.keyState): KeyMetadata {
  const { rotation, deletesAt, deletionProtection, importedMaterial } = record
  const automaticRotation = automaticRotationOf(rotation, keyState)
  const nextAt = nextRotationAt(rotation, lastRotationAt(record))
  return {
    keyId: record.keyId,
    arn: keyArn(vaultId, record.keyId),
    keyState,
    keySpec: record.keySpec,
    keyUsage: record.keyUsage,
    origin: record.origin,
    protectionLevel: record.protectionLevel,
    description: record.description,
    creator: record.creator,
    creationDate: isoSeconds(record.createdAt),
    ...(deletesAt === null ? {} : { deleteDate: isoSeconds(deletesAt) }),
    ...(isSymmetric(record.keySpec) ? { primaryKeyVersion: record.primaryVersionId } : {}),
    automaticRotation,
    ...(automaticRotation === 'Disabled' || rotation.intervalSeconds === null || nextAt === null
      ? {}
      : { rotationInterval: formatDuration(rotation.intervalSeconds), nextRotationDate: isoSeconds(nextAt) }),
    lastRotationDate: isoSeconds(lastRotationAt(record)),
    materialExpireTime: importedMaterial.expiresAt === null ? '' : isoSeconds(importedMaterial.expiresAt),
    deletionProtection: deletionProtection.isOn ? 'Enabled' : 'Disabled',
    ...(deletionProtection.isOn ? { deletionProtectionDescription: deletionProtection.description } : {}),
    dKMSInstanceId: instanceOf(record, vaultId),
    exportable: record.isExportable,
  }
}

/** The KMS instance in which a key is: a token, or the vault. */
export function instanceOf({ instanceId }: KeyRecord, vaultId: string): string {
  return instanceId ?? vaultId
}

/** One row of the window's key list. */
export function keyRowOf({ record, lastUseAt }: KeyEntry): KeyRow {
  const nextAt = nextRotationAt(record.rotation, lastRotationAt(record))
  return {
    keyId: record.keyId,
    aliases: record.aliases.map(bareAlias),
    description: record.description,
    keySpec: record.keySpec,
    keyUsage: record.keyUsage,
    keyState: record.keyState,
    protectionLevel: record.protectionLevel,
    creationDate: isoSeconds(record.createdAt),
    lastUseDate: isoOrNull(lastUseAt),
    automaticRotation: automaticRotationOf(record.rotation, record.keyState),
    nextRotationDate: isoOrNull(nextAt),
    deleteDate: isoOrNull(record.deletesAt),
  }
}

/** As isoSeconds(); null stays null. */
export function isoOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : isoSeconds(timeMs)
}

/** UTC, ISO 8601 with Z, to the second (kms-api 1.1). */
export function isoSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}
