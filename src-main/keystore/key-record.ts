import {
  keyOrigins,
  keySpecs,
  keyStates,
  keyUsages,
  protectionLevels,
  type KeyOrigin,
  type KeySpec,
  type KeyState,
  type KeyUsage,
  type ProtectionLevel,
} from '../../src-shared/model/keys'
import { aliasFormProblem, aliasPrefix, bareAlias } from '../../src-shared/model/alias'
import { limits } from '../../src-shared/model/limits'
import { isKeyId, isKeyVersionSuffix } from './key-ids'
import { decodeExtras, extrasOf, plainKey, type KeyExtras } from './key-record-extras'
import { checkLayouts, countOf, damagedRow, decodeLayouts, encodeRow, listOf, oneOf, parseRows, textOf } from './stored-row'

/** One version of a key; its material is a row of its own. */
export interface KeyVersionRecord {
  keyVersionId: string
  createdAt: number
}

/** The metadata row of a key. Times are milliseconds since the epoch. Never changed in place. */
export interface KeyRecord extends KeyExtras {
  readonly keyId: string
  /** Rises with every new key of the vault: the order of listKeys, whatever the clock did. */
  readonly ordinal: number
  readonly keySpec: KeySpec
  readonly keyUsage: KeyUsage
  readonly origin: KeyOrigin
  readonly protectionLevel: ProtectionLevel
  readonly keyState: KeyState
  readonly description: string
  readonly creator: string
  readonly createdAt: number
  readonly primaryVersionId: string
  /** Oldest first; never empty; holds the primary version. */
  readonly versions: readonly KeyVersionRecord[]
  /** With their prefix, sorted. */
  readonly aliases: readonly string[]
}

/** Place of a version in the record, oldest 0; -1 when the key has no such version. */
export function placeOfVersion({ versions }: Pick<KeyRecord, 'versions'>, keyVersionId: string): number {
  return versions.findIndex((version) => version.keyVersionId === keyVersionId)
}

/** When the newest version was made; for a new key that is the first one. */
export function lastRotationAt({ versions, createdAt }: Pick<KeyRecord, 'versions' | 'createdAt'>): number {
  return versions.at(-1)?.createdAt ?? createdAt
}

const layoutVersion = 2
const fieldCounts: readonly number[] = [13, 14]
const what = 'key record'

/**
 * The row's bytes. Layout 2: key id, ordinal, spec, usage, origin, protection level, state, description, creator,
 * created at, place of the primary version, versions as [suffix of the id, created at], aliases without prefix, and an
 * object of what the key has beyond a plain one, so that most rows stay short. Layout 1 had no such object.
 */
export function encodeKeyRecord(record: KeyRecord): Uint8Array {
  const { keyId, versions, primaryVersionId } = record
  return encodeRow(layoutVersion, [
    keyId,
    record.ordinal,
    record.keySpec,
    record.keyUsage,
    record.origin,
    record.protectionLevel,
    record.keyState,
    record.description,
    record.creator,
    record.createdAt,
    placeOfVersion(record, primaryVersionId),
    versions.map(({ keyVersionId, createdAt }) => [keyVersionId.slice(keyId.length + 1), createdAt]),
    record.aliases.map(bareAlias),
    extrasOf(record),
  ])
}

/**
 * Reads a row strictly: every field present and of its kind, none besides.
 * VAULT_DAMAGED, or VAULT_NEWER_VERSION for a row of a later version.
 */
export function decodeKeyRecord(bytes: Uint8Array): KeyRecord {
  return recordOf(decodeLayouts(bytes, layoutVersion, fieldCounts, what))
}

/** As decodeKeyRecord() for many rows, several times as fast. */
export function decodeKeyRecords(rows: readonly Uint8Array[]): KeyRecord[] {
  return parseRows(rows).map((row) => recordOf(checkLayouts(row, layoutVersion, fieldCounts, what)))
}

function recordOf(row: readonly unknown[]): KeyRecord {
  const keyId = textOf(row[1], 64, what)
  if (!isKeyId(keyId)) throw damagedRow(what)
  const versions = listOf(row[12], what).map((item) => versionOf(keyId, item))
  const primary = versions[countOf(row[11], what)]
  if (!primary) throw damagedRow(what)
  return {
    keyId,
    ordinal: countOf(row[2], what),
    keySpec: oneOf(keySpecs, row[3], what),
    keyUsage: oneOf(keyUsages, row[4], what),
    origin: oneOf(keyOrigins, row[5], what),
    protectionLevel: oneOf(protectionLevels, row[6], what),
    keyState: oneOf(keyStates, row[7], what),
    description: textOf(row[8], limits.descriptionChars, what),
    creator: textOf(row[9], 1024, what),
    createdAt: countOf(row[10], what),
    primaryVersionId: primary.keyVersionId,
    versions,
    aliases: listOf(row[13], what).map(aliasOf),
    ...(row[0] === 1 ? plainKey : decodeExtras(row[14], versions.length)),
  }
}

function versionOf(keyId: string, item: unknown): KeyVersionRecord {
  const fields = listOf(item, what)
  const suffix = fields[0]
  if (typeof suffix !== 'string' || !isKeyVersionSuffix(suffix) || fields.length !== 2) throw damagedRow(what)
  return { keyVersionId: `${keyId}-${suffix}`, createdAt: countOf(fields[1], what) }
}

function aliasOf(item: unknown): string {
  const name = aliasPrefix + textOf(item, limits.aliasChars, what)
  if (aliasFormProblem(name) !== null) throw damagedRow(what)
  return name
}
