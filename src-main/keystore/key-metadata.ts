import type { KeyMetadata, KeyRow } from '../../src-shared/contract/keys'
import { bareAlias } from '../../src-shared/model/alias'
import { keyArn } from './arn'
import type { KeyEntry } from './key-index'
import type { KeyRecord } from './key-record'

/** KeyMetadata of DescribeKey (kms-api 1.2). */
export function keyMetadataOf(vaultId: string, record: KeyRecord): KeyMetadata {
  const newest = record.versions.at(-1)
  return {
    keyId: record.keyId,
    arn: keyArn(vaultId, record.keyId),
    keyState: record.keyState,
    keySpec: record.keySpec,
    keyUsage: record.keyUsage,
    origin: record.origin,
    protectionLevel: record.protectionLevel,
    description: record.description,
    creator: record.creator,
    creationDate: isoSeconds(record.createdAt),
    primaryKeyVersion: record.primaryVersionId,
    automaticRotation: 'Disabled',
    lastRotationDate: isoSeconds(newest?.createdAt ?? record.createdAt),
    materialExpireTime: '',
    deletionProtection: 'Disabled',
  }
}

/** One row of the window's key list. */
export function keyRowOf({ record, lastUseAt }: KeyEntry): KeyRow {
  return {
    keyId: record.keyId,
    aliases: record.aliases.map(bareAlias),
    description: record.description,
    keySpec: record.keySpec,
    keyUsage: record.keyUsage,
    keyState: record.keyState,
    protectionLevel: record.protectionLevel,
    creationDate: isoSeconds(record.createdAt),
    lastUseDate: lastUseAt === null ? null : isoSeconds(lastUseAt),
  }
}

/** UTC, ISO 8601 with Z, to the second (kms-api 1.1). */
function isoSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}
