import type { Tag } from '../../src-shared/model/tags'
import {
  secretLimits,
  secretTypes,
  type SecretDataType,
  type SecretField,
  type SecretTemplate,
  type SecretType,
} from '../../src-shared/model/secrets'
import { limits } from '../../src-shared/model/limits'
import { checkLayouts, countOf, damagedRow, encodeRow, isCount, parseRows, textOf } from '../keystore/stored-row'
import type { StoredRecord } from '../vault/records'
import { decodeSecretExtras, secretExtrasOf } from './secret-record-extras'
import { decodeVersions, encodeVersions } from './secret-record-versions'

/** A version of a secret; its value is in the row `secret-values`. */
export interface SecretVersionRecord {
  readonly versionId: string
  readonly createdAt: number
  readonly dataType: SecretDataType
  readonly sizeBytes: number
  /** In the order of sortedStages(); with ACSPending while a rotation is under way. */
  readonly stages: readonly string[]
}

/** A file that belongs to a secret. */
export interface SecretAttachmentRecord {
  readonly attachmentId: string
  readonly name: string
  readonly sizeBytes: number
  readonly addedAt: number
}

/** When a secret is rotated without being asked, and how the last rotation ended. */
export interface SecretRotation {
  readonly isEnabled: boolean
  /** Kept while the rotation is off. Null: never set. */
  readonly intervalSeconds: number | null
  readonly lastRotatedAt: number | null
  /** The last rotation failed. */
  readonly isInvalid: boolean
}

/** What a secret can have beyond a plain one. */
export interface SecretExtras {
  readonly template: SecretTemplate | null
  /** Sorted by key. */
  readonly tags: readonly Tag[]
  /** As checkedConfig() made it. */
  readonly extendedConfig: Readonly<Record<string, unknown>> | null
  /** Text of the policy; null: the default one. */
  readonly policy: string | null
  /** Of the current version; null when its value is not a set of fields. */
  readonly fields: readonly SecretField[] | null
  /** Values of the fields that are not secret, by name. Of the current version. */
  readonly publicValues: ReadonlyMap<string, string>
  readonly isFavourite: boolean
  readonly expiresAt: number | null
  /** When a deletion is carried out; null: not in the recycle bin. */
  readonly deletesAt: number | null
  readonly rotation: SecretRotation
  /** There is a row `secret-rotation` with a target. */
  readonly hasTarget: boolean
  readonly attachments: readonly SecretAttachmentRecord[]
}

/** The metadata row of a secret. Times are milliseconds since the epoch. Never changed in place. */
export interface SecretRecord extends SecretExtras {
  readonly secretId: string
  /** Rises with every new secret of the vault: the order of listSecrets. */
  readonly ordinal: number
  readonly name: string
  readonly secretType: SecretType
  readonly description: string
  /** Master key for new values. */
  readonly keyId: string
  readonly creator: string
  readonly createdAt: number
  readonly updatedAt: number
  /** Oldest first. */
  readonly versions: readonly SecretVersionRecord[]
}

/** What a record has when nothing else is said. */
export const plainSecret: SecretExtras = {
  template: null,
  tags: [],
  extendedConfig: null,
  policy: null,
  fields: null,
  publicValues: new Map(),
  isFavourite: false,
  expiresAt: null,
  deletesAt: null,
  rotation: { isEnabled: false, intervalSeconds: null, lastRotatedAt: null, isInvalid: false },
  hasTarget: false,
  attachments: [],
}

/** When the next rotation is due; null while the policy is off, and in the recycle bin. */
export function nextSecretRotationAt({ rotation, createdAt, deletesAt }: Pick<SecretRecord, 'rotation' | 'createdAt' | 'deletesAt'>): number | null {
  const { isEnabled, intervalSeconds, lastRotatedAt } = rotation
  return isEnabled && intervalSeconds !== null && deletesAt === null ? (lastRotatedAt ?? createdAt) + intervalSeconds * 1000 : null
}

const layoutVersion = 1
const fieldCounts: readonly number[] = [10]
const what = 'secret record'

/**
 * The row's bytes. Layout 1: ordinal, name, place of the type, description, key id, creator, created at, updated at,
 * versions (secret-record-versions), and an object of what the secret has beyond a plain one (secret-record-extras). The
 * id is the row's own.
 */
export function encodeSecretRecord(record: SecretRecord): Uint8Array {
  return encodeRow(layoutVersion, [
    record.ordinal,
    record.name,
    secretTypes.indexOf(record.secretType),
    record.description,
    record.keyId,
    record.creator,
    record.createdAt,
    record.updatedAt,
    encodeVersions(record.versions),
    secretExtrasOf(record),
  ])
}

/** Reads a row strictly. VAULT_DAMAGED, or VAULT_NEWER_VERSION for a row of a later version. */
export function decodeSecretRecord(secretId: string, bytes: Uint8Array): SecretRecord {
  return recordOf(secretId, parseRows([bytes])[0], new Map())
}

/** As decodeSecretRecord() for many rows, several times as fast. `texts` keeps one string of what many rows have. */
export function decodeSecretRecords(rows: readonly StoredRecord[], texts: Map<string, string> = new Map()): SecretRecord[] {
  const parsed = parseRows(rows.map(({ bytes }) => bytes))
  return rows.map((row, at) => recordOf(row.id, parsed[at], texts))
}

function recordOf(secretId: string, row: unknown, texts: Map<string, string>): SecretRecord {
  const fields = checkLayouts(row, layoutVersion, fieldCounts, what)
  return {
    secretId,
    ordinal: countOf(fields[1], what),
    name: textOf(fields[2], secretLimits.nameChars, what),
    secretType: placed(secretTypes, fields[3]),
    description: textOf(fields[4], limits.descriptionChars, what),
    keyId: shared(texts, textOf(fields[5], 64, what)),
    creator: shared(texts, textOf(fields[6], 1024, what)),
    createdAt: countOf(fields[7], what),
    updatedAt: countOf(fields[8], what),
    versions: decodeVersions(fields[9]),
    ...decodeSecretExtras(fields[10]),
  }
}

function placed<T>(list: readonly T[], place: unknown): T {
  const found = isCount(place) ? list[place] : undefined
  if (found === undefined) throw damagedRow(what)
  return found
}

function shared(texts: Map<string, string>, text: string): string {
  const known = texts.get(text)
  if (known !== undefined) return known
  texts.set(text, text)
  return text
}
