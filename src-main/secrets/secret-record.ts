import type { Tag } from '../../src-shared/model/tags'
import {
  type SecretDataType,
  type SecretField,
  type SecretTemplate,
  type SecretType,
} from '../../src-shared/model/secrets'
import { limits } from '../../src-shared/model/limits'
import { KmsError } from '../../src-shared/errors'
import { concatBytes, utf8 } from '../crypto/bytes'
import { countOf, damagedRow, listOf, parseRows, textOf } from '../keystore/stored-row'
import { decodeSecretExtras, secretExtrasOf } from './secret-record-extras'
import { decodeVersions, encodeVersions } from './secret-record-versions'
import { decodeSummary, encodeSummary, summaryOf, type SecretSummary } from './secret-summary'

export { nextSecretRotationAt } from './secret-summary'

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

const layoutVersion = 1
const fieldCount = 6
const what = 'secret record'

/**
 * The row's bytes. Layout 1: 01, the summary (secret-summary), and a JSON array of description, key id, creator, created at,
 * versions (secret-record-versions), and an object of what the secret has beyond a plain one (secret-record-extras). The id
 * is the row's own.
 */
export function encodeSecretRecord(record: SecretRecord): Uint8Array {
  const { description, keyId, creator, createdAt, versions } = record
  const rest = JSON.stringify([description, keyId, creator, createdAt, encodeVersions(versions), secretExtrasOf(record)])
  return concatBytes(Uint8Array.of(layoutVersion), encodeSummary(summaryOf(record)), utf8(rest))
}

/** The summary of a row. VAULT_DAMAGED, or VAULT_NEWER_VERSION for a row of a later version. */
export function decodeSecretSummary(row: Uint8Array): SecretSummary {
  return summaryAt(bufferOf(row)).summary
}

/** A row and the id under which it is stored. */
export interface SecretRow {
  readonly secretId: string
  readonly row: Uint8Array
}

/** Reads a row strictly. VAULT_DAMAGED, VAULT_NEWER_VERSION. */
export function decodeSecretRecord(secretId: string, row: Uint8Array): SecretRecord {
  const { summary, end } = summaryAt(bufferOf(row))
  return recordOf(secretId, summary, parseRows([row.subarray(end)])[0])
}

/** As decodeSecretRecord() for many rows, several times as fast. */
export function decodeSecretRecords(rows: readonly SecretRow[]): SecretRecord[] {
  const found = rows.map(({ row }) => summaryAt(bufferOf(row)))
  const rests = parseRows(rows.map(({ row }, at) => row.subarray(found[at]?.end)))
  return found.map(({ summary }, at) => recordOf(rows[at]?.secretId ?? '', summary, rests[at]))
}

function recordOf(secretId: string, summary: SecretSummary, rest: unknown): SecretRecord {
  const fields = listOf(rest, what)
  if (fields.length !== fieldCount) throw damagedRow(what)
  const { ordinal, name, secretType, template, isFavourite, updatedAt, expiresAt, deletesAt } = summary
  return {
    secretId,
    ordinal,
    name,
    secretType,
    description: textOf(fields[0], limits.descriptionChars, what),
    keyId: textOf(fields[1], 64, what),
    creator: textOf(fields[2], 1024, what),
    createdAt: countOf(fields[3], what),
    updatedAt,
    versions: decodeVersions(fields[4]),
    ...decodeSecretExtras(fields[5]),
    template,
    isFavourite,
    expiresAt,
    deletesAt,
  }
}

function summaryAt(row: Buffer): { summary: SecretSummary; end: number } {
  const layout = row[0] ?? 0
  if (layout > layoutVersion) throw new KmsError('VAULT_NEWER_VERSION', 'The vault was written by a newer version of Keystead.')
  if (layout !== layoutVersion) throw damagedRow(what)
  return decodeSummary(row, 1)
}

function bufferOf(row: Uint8Array): Buffer {
  return Buffer.from(row.buffer, row.byteOffset, row.length)
}
