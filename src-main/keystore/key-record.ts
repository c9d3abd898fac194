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
import { aliasPrefix, aliasProblem, bareAlias } from '../../src-shared/model/alias'
import { limits } from '../../src-shared/model/limits'
import { isKeyId, isKeyVersionSuffix } from './key-ids'
import { damagedRow, decodeRow, encodeRow, isCount } from './stored-row'

/** One version of a key; its material is a row of its own. */
export interface KeyVersionRecord {
  keyVersionId: string
  createdAt: number
}

/** The metadata row of a key. Times are milliseconds since the epoch. Never changed in place. */
export interface KeyRecord {
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

const layoutVersion = 1
const fieldCount = 13
const what = 'key record'

/**
 * The row's bytes. Layout 1: key id, ordinal, spec, usage, origin, protection level, state, description, creator,
 * created at, place of the primary version, versions as [suffix of the id, created at], aliases without prefix.
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
    versions.findIndex(({ keyVersionId }) => keyVersionId === primaryVersionId),
    versions.map(({ keyVersionId, createdAt }) => [keyVersionId.slice(keyId.length + 1), createdAt]),
    record.aliases.map(bareAlias),
  ])
}

/**
 * Reads a row strictly: every field present and of its kind, none besides.
 * VAULT_DAMAGED, or VAULT_NEWER_VERSION for a row of a later version.
 */
export function decodeKeyRecord(bytes: Uint8Array): KeyRecord {
  const row = decodeRow(bytes, layoutVersion, fieldCount, what)
  const keyId = textOf(row[1], 64)
  if (!isKeyId(keyId)) throw damagedRow(what)
  const versions = listOf(row[12]).map((item) => versionOf(keyId, item))
  const primary = versions[countOf(row[11])]
  if (!primary) throw damagedRow(what)
  return {
    keyId,
    ordinal: countOf(row[2]),
    keySpec: oneOf(keySpecs, row[3]),
    keyUsage: oneOf(keyUsages, row[4]),
    origin: oneOf(keyOrigins, row[5]),
    protectionLevel: oneOf(protectionLevels, row[6]),
    keyState: oneOf(keyStates, row[7]),
    description: textOf(row[8], limits.descriptionChars),
    creator: textOf(row[9], 1024),
    createdAt: countOf(row[10]),
    primaryVersionId: primary.keyVersionId,
    versions,
    aliases: listOf(row[13]).map(aliasOf),
  }
}

function versionOf(keyId: string, item: unknown): KeyVersionRecord {
  const fields = listOf(item)
  const suffix = fields[0]
  if (typeof suffix !== 'string' || !isKeyVersionSuffix(suffix) || fields.length !== 2) throw damagedRow(what)
  return { keyVersionId: `${keyId}-${suffix}`, createdAt: countOf(fields[1]) }
}

function aliasOf(item: unknown): string {
  const name = aliasPrefix + textOf(item, limits.aliasChars)
  if (aliasProblem(name) !== null) throw damagedRow(what)
  return name
}

function textOf(value: unknown, maxChars: number): string {
  if (typeof value !== 'string' || value.length > maxChars) throw damagedRow(what)
  return value
}

function countOf(value: unknown): number {
  if (!isCount(value)) throw damagedRow(what)
  return value
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw damagedRow(what)
  return value
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T {
  for (const item of allowed) if (item === value) return item
  throw damagedRow(what)
}
