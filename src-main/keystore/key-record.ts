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
import { aliasProblem } from '../../src-shared/model/alias'
import { limits } from '../../src-shared/model/limits'
import { isKeyId, isKeyVersionIdOf } from './key-ids'
import { damagedRow, decodeJson, encodeJson } from './stored-json'

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

const recordVersion = 1
const what = 'key record'
const fieldNames = [
  'v', 'keyId', 'ordinal', 'keySpec', 'keyUsage', 'origin', 'protectionLevel', 'keyState', 'description', 'creator',
  'createdAt', 'primaryVersionId', 'versions', 'aliases',
] as const

/** The row's bytes. */
export function encodeKeyRecord(record: KeyRecord): Uint8Array {
  return encodeJson({ v: recordVersion, ...record })
}

/**
 * Reads a row strictly: every field present and of its kind, none besides.
 * VAULT_DAMAGED, or VAULT_NEWER_VERSION for a row of a later version.
 */
export function decodeKeyRecord(bytes: Uint8Array): KeyRecord {
  const row = decodeJson(bytes, recordVersion, what)
  for (const name in row) if (!known.has(name)) throw damagedRow(what)
  const keyId = textOf(row['keyId'], 64)
  if (!isKeyId(keyId)) throw damagedRow(what)
  const record: KeyRecord = {
    keyId,
    ordinal: countOf(row['ordinal']),
    keySpec: oneOf(keySpecs, row['keySpec']),
    keyUsage: oneOf(keyUsages, row['keyUsage']),
    origin: oneOf(keyOrigins, row['origin']),
    protectionLevel: oneOf(protectionLevels, row['protectionLevel']),
    keyState: oneOf(keyStates, row['keyState']),
    description: textOf(row['description'], limits.descriptionChars),
    creator: textOf(row['creator'], 1024),
    createdAt: countOf(row['createdAt']),
    primaryVersionId: textOf(row['primaryVersionId'], 128),
    versions: listOf(row['versions']).map((item) => versionOf(keyId, item)),
    aliases: listOf(row['aliases']).map(aliasOf),
  }
  if (!record.versions.some((version) => version.keyVersionId === record.primaryVersionId)) throw damagedRow(what)
  return record
}

const known: ReadonlySet<string> = new Set(fieldNames)

function versionOf(keyId: string, item: unknown): KeyVersionRecord {
  if (typeof item !== 'object' || item === null || Object.keys(item).length !== 2) throw damagedRow(what)
  const fields = item as Record<string, unknown>
  const keyVersionId = textOf(fields['keyVersionId'], 128)
  if (!isKeyVersionIdOf(keyId, keyVersionId)) throw damagedRow(what)
  return { keyVersionId, createdAt: countOf(fields['createdAt']) }
}

function aliasOf(item: unknown): string {
  const name = textOf(item, limits.keyReferenceChars)
  if (aliasProblem(name) !== null) throw damagedRow(what)
  return name
}

function textOf(value: unknown, maxChars: number): string {
  if (typeof value !== 'string' || value.length > maxChars) throw damagedRow(what)
  return value
}

function countOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw damagedRow(what)
  return value
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw damagedRow(what)
  return value
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T {
  const found = allowed.find((item) => item === value)
  if (found === undefined) throw damagedRow(what)
  return found
}
