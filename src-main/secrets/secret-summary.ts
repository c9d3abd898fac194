import { pendingStage, secretTemplates, secretTypes, type SecretTemplate, type SecretType } from '../../src-shared/model/secrets'
import { versionWithStage } from '../../src-shared/model/secret-stages'
import { ownBytes } from '../crypto/bytes'
import { damagedRow } from '../keystore/stored-row'
import type { SecretRecord } from './secret-record'

/** What lists, filters and schedules need of a secret: so much is read at unlock, the rest when it is asked for. */
export interface SecretSummary {
  readonly ordinal: number
  readonly name: string
  readonly secretType: SecretType
  readonly template: SecretTemplate | null
  readonly isFavourite: boolean
  /** The last rotation failed. */
  readonly isInvalid: boolean
  /** A rotation is under way, or was left so. */
  readonly isPending: boolean
  readonly updatedAt: number
  readonly expiresAt: number | null
  readonly deletesAt: number | null
  readonly nextRotationAt: number | null
}

const what = 'secret record'
const flagBits = { isFavourite: 1, isInvalid: 2, isPending: 4 } as const
const timeBytes = 6
const noTime = 2 ** 48 - 1
const placesStart = 1
const timesStart = 3
const timeCount = 5
const nameStart = timesStart + timeCount * timeBytes + 1

/** The summary of a record. */
export function summaryOf(record: SecretRecord): SecretSummary {
  const { ordinal, name, secretType, template, isFavourite, rotation, versions, updatedAt, expiresAt, deletesAt } = record
  const isPending = versionWithStage(versions, pendingStage) !== null
  return { ordinal, name, secretType, template, isFavourite, isInvalid: rotation.isInvalid, isPending, updatedAt, expiresAt, deletesAt, nextRotationAt: nextSecretRotationAt(record) }
}

/** When the next rotation is due; null while the policy is off, and in the recycle bin. */
export function nextSecretRotationAt({ rotation, createdAt, deletesAt }: Pick<SecretRecord, 'rotation' | 'createdAt' | 'deletesAt'>): number | null {
  const { isEnabled, intervalSeconds, lastRotatedAt } = rotation
  return isEnabled && intervalSeconds !== null && deletesAt === null ? (lastRotatedAt ?? createdAt) + intervalSeconds * 1000 : null
}

/**
 * The beginning of a row: flags (1: favourite 1, last rotation failed 2, pending 4), place of the type (1), place of the
 * template from 1 or 0 (1), ordinal, updated at, expires at, deletes at, next rotation at (6 each; FF… for none), name
 * after its length (1).
 */
export function encodeSummary(summary: SecretSummary): Uint8Array {
  const name = Buffer.from(summary.name, 'latin1')
  const bytes = ownBytes(nameStart + name.length)
  const buffer = Buffer.from(bytes.buffer)
  for (const [flag, bit] of Object.entries(flagBits)) if (summary[flag as keyof typeof flagBits]) bytes[0] = (bytes[0] ?? 0) | bit
  bytes[placesStart] = secretTypes.indexOf(summary.secretType)
  bytes[placesStart + 1] = summary.template === null ? 0 : 1 + secretTemplates.indexOf(summary.template)
  const { ordinal, updatedAt, expiresAt, deletesAt, nextRotationAt } = summary
  for (const [place, time] of [ordinal, updatedAt, expiresAt, deletesAt, nextRotationAt].entries()) buffer.writeUIntBE(time ?? noTime, timesStart + place * timeBytes, timeBytes)
  bytes[nameStart - 1] = name.length
  bytes.set(name, nameStart)
  return bytes
}

/** Reads a summary that begins at `start` of `buffer`, and tells where it ends. VAULT_DAMAGED. */
export function decodeSummary(buffer: Buffer, start: number): { summary: SecretSummary; end: number } {
  if (buffer.length < start + nameStart) throw damagedRow(what)
  const [flags = 0, typePlace = 0, templatePlace = 0, nameLength = 0] = [buffer[start], buffer[start + placesStart], buffer[start + placesStart + 1], buffer[start + nameStart - 1]]
  const end = start + nameStart + nameLength
  const secretType = secretTypes[typePlace]
  const template = templatePlace === 0 ? null : secretTemplates[templatePlace - 1]
  if (flags > 7 || secretType === undefined || template === undefined || end > buffer.length) throw damagedRow(what)
  const timeAt = (place: number) => buffer.readUIntBE(start + timesStart + place * timeBytes, timeBytes)
  const timeOrNull = (place: number) => {
    const time = timeAt(place)
    return time === noTime ? null : time
  }
  const summary: SecretSummary = {
    ordinal: timeAt(0),
    name: buffer.toString('latin1', start + nameStart, end),
    secretType,
    template,
    isFavourite: (flags & flagBits.isFavourite) !== 0,
    isInvalid: (flags & flagBits.isInvalid) !== 0,
    isPending: (flags & flagBits.isPending) !== 0,
    updatedAt: timeAt(1),
    expiresAt: timeOrNull(2),
    deletesAt: timeOrNull(3),
    nextRotationAt: timeOrNull(4),
  }
  return { summary, end }
}
