import type { KeyVersion } from '../../../src-shared/contract/keys'
import { isoOf } from './key-views'
import { sampleId, sampleVersions } from './sample-keys'
import type { FakeKey, FakeVersion } from './state'

export function keyVersionOf(key: FakeKey, { keyVersionId, creationDate }: FakeVersion): KeyVersion {
  return { keyId: key.row.keyId, keyVersionId, creationDate }
}

/** A new version of the key; of a symmetric one it becomes the primary. */
export function newVersion(key: FakeKey, nowMs: number): KeyVersion {
  const [made] = sampleVersions(key.row.keySpec, 700_000 + key.versions.length * 17 + Number.parseInt(key.row.keyId.slice(0, 4), 16), nowMs, [0])
  const version: FakeVersion = { keyVersionId: sampleId(1), creationDate: isoOf(nowMs), isPrimary: false, ...made, encryptions: 0, lastUseDate: null }
  key.versions = [...key.versions.map((other) => ({ ...other, isPrimary: false })), version]
  key.metadata = { ...key.metadata, lastRotationDate: version.creationDate, ...(version.isPrimary ? { primaryKeyVersion: version.keyVersionId } : {}) }
  return keyVersionOf(key, version)
}
