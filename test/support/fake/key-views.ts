import type { KeyRow, KeyVersionDetails } from '../../../src-shared/contract/key-window'
import type { KeyMetadata } from '../../../src-shared/contract/keys'
import { aliasPrefix } from '../../../src-shared/model/alias'
import { formatDuration } from '../../../src-shared/model/duration'
import { isAsymmetric } from '../../../src-shared/model/key-specs'
import { limits } from '../../../src-shared/model/limits'
import { automaticRotationOf, nextRotationAt } from '../../../src-shared/model/rotation'
import { stateRefusal, type StateOperation } from '../../../src-shared/model/state-table'
import type { FakeKey, FakeState } from './state'
import { refuse } from './refuse'

export const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/** The key of an id, ARN or alias. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
export function findKey(state: FakeState, reference: string | undefined): FakeKey {
  const found = state.keys.find(
    ({ row, metadata }) => row.keyId === reference || metadata.arn === reference || row.aliases.some((alias) => aliasPrefix + alias === reference),
  )
  return found ?? refuse(reference?.startsWith(aliasPrefix) ? 'ALIAS_NOT_FOUND' : 'KEY_NOT_FOUND')
}

/** The key, when its state allows the operation. */
export function keyFor(state: FakeState, operation: StateOperation, reference: string | undefined): FakeKey {
  const key = findKey(state, reference)
  const refusal = stateRefusal(operation, key.row.keyState)
  return refusal === null ? key : refuse(refusal, { keyId: key.row.keyId })
}

function rotationOf({ row, metadata, rotation }: FakeKey) {
  const next = nextRotationAt(rotation, Date.parse(metadata.lastRotationDate))
  return { automaticRotation: automaticRotationOf(rotation, row.keyState), next: next === null ? null : isoOf(next) }
}

export function rowOf(key: FakeKey): KeyRow {
  const { automaticRotation, next } = rotationOf(key)
  return { ...key.row, automaticRotation, nextRotationDate: next, deleteDate: key.deletesAt === null ? null : isoOf(key.deletesAt) }
}

export function metadataOf(key: FakeKey): KeyMetadata {
  const { automaticRotation, next } = rotationOf(key)
  const { rotation, deletesAt, row } = key
  return {
    ...key.metadata,
    keyState: row.keyState,
    description: row.description,
    automaticRotation,
    ...(next !== null && rotation.intervalSeconds !== null ? { nextRotationDate: next, rotationInterval: formatDuration(rotation.intervalSeconds) } : {}),
    ...(deletesAt === null ? {} : { deleteDate: isoOf(deletesAt) }),
  }
}

export function versionsOf({ versions, minimumVersion, uses }: FakeKey): KeyVersionDetails[] {
  return versions.map((version, index) => ({
    ...version,
    isRetired: index < minimumVersion,
    isNearlyExhausted: version.encryptions >= limits.gcmUsesWarning,
    uses: uses.filter(({ keyVersionId }) => keyVersionId === version.keyVersionId).length,
  }))
}

/** When the next version of an asymmetric key may be made; null: now, or not by hand. */
export function nextVersionDate({ row, versions }: FakeKey, nowMs: number): string | null {
  const last = versions.at(-1)
  if (!isAsymmetric(row.keySpec) || last === undefined) return null
  const at = Date.parse(last.creationDate) + limits.asymmetricVersionGapDays * 86_400_000
  return at > nowMs ? isoOf(at) : null
}
