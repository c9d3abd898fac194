import { limits } from '../../src-shared/model/limits'
import { secretFieldKinds, secretLimits, type SecretField } from '../../src-shared/model/secrets'
import { storedTags } from '../keystore/key-record-extras'
import { countOf, damagedRow, isCount, listOf, textOf } from '../keystore/stored-row'
import { plainSecret, type SecretAttachmentRecord, type SecretExtras, type SecretRotation } from './secret-record'

/** What of it is stored here: the rest is in the summary. */
type StoredExtras = Omit<SecretExtras, 'template' | 'isFavourite' | 'expiresAt' | 'deletesAt'>

const what = 'secret record'
const names = new Set(['t', 'c', 'p', 'f', 'v', 'r', 'g', 'a'])

/**
 * What a secret has beyond a plain one and is not in its summary, absent where it has nothing: t tags as [key, value], c
 * extended config, p policy, f fields as [name, place of the kind, secret 0 or 1], v values of public fields as [name,
 * value], r rotation as [enabled 0 or 1, seconds or null, last or null, failed 0 or 1], g 1 when there is a target, a
 * attachments as [id, name, bytes, added at].
 */
export function secretExtrasOf(record: StoredExtras): Record<string, unknown> {
  const extras: Record<string, unknown> = {}
  const { tags, extendedConfig, policy, fields, publicValues, rotation, hasTarget, attachments } = record
  if (tags.length > 0) extras['t'] = tags.map(({ key, value }) => [key, value])
  if (extendedConfig !== null) extras['c'] = extendedConfig
  if (policy !== null) extras['p'] = policy
  if (fields !== null) extras['f'] = fields.map(({ name, kind, isSecret }) => [name, secretFieldKinds.indexOf(kind), Number(isSecret)])
  if (publicValues.size > 0) extras['v'] = [...publicValues]
  const { isEnabled, intervalSeconds, lastRotatedAt, isInvalid } = rotation
  if (isEnabled || intervalSeconds !== null || lastRotatedAt !== null || isInvalid) extras['r'] = [Number(isEnabled), intervalSeconds, lastRotatedAt, Number(isInvalid)]
  if (hasTarget) extras['g'] = 1
  if (attachments.length > 0) extras['a'] = attachments.map(({ attachmentId, name, sizeBytes, addedAt }) => [attachmentId, name, sizeBytes, addedAt])
  return extras
}

/** Reads secretExtrasOf() strictly. VAULT_DAMAGED. */
export function decodeSecretExtras(value: unknown): StoredExtras {
  if (!isObject(value)) throw damagedRow(what)
  const found = Object.keys(value)
  if (found.length === 0) return plainSecret
  if (!found.every((name) => names.has(name))) throw damagedRow(what)
  const { t, c, p, f, v, r, g, a } = value
  return {
    tags: t === undefined ? plainSecret.tags : storedTags(t, what),
    extendedConfig: c === undefined ? null : objectOf(c),
    policy: p === undefined ? null : textOf(p, limits.policyBytes, what),
    fields: f === undefined ? null : listOf(f, what).map(fieldOf),
    publicValues: v === undefined ? plainSecret.publicValues : new Map(listOf(v, what).map(publicValueOf)),
    rotation: r === undefined ? plainSecret.rotation : rotationOf(r),
    hasTarget: flagOf(g),
    attachments: a === undefined ? plainSecret.attachments : listOf(a, what).map(attachmentOf),
  }
}

function fieldOf(value: unknown): SecretField {
  const [name, place, isSecret, ...rest] = listOf(value, what)
  const kind = isCount(place) ? secretFieldKinds[place] : undefined
  if (kind === undefined || (isSecret !== 0 && isSecret !== 1) || rest.length > 0) throw damagedRow(what)
  return { name: textOf(name, secretLimits.fieldNameChars, what), kind, isSecret: isSecret === 1 }
}

function publicValueOf(value: unknown): [string, string] {
  const [name, text, ...rest] = listOf(value, what)
  if (rest.length > 0) throw damagedRow(what)
  return [textOf(name, secretLimits.fieldNameChars, what), textOf(text, secretLimits.dataBytes, what)]
}

function rotationOf(value: unknown): SecretRotation {
  const [enabled, intervalSeconds, lastRotatedAt, invalid, ...rest] = listOf(value, what)
  const isFlags = (enabled === 0 || enabled === 1) && (invalid === 0 || invalid === 1)
  if (!isFlags || !isCountOrNull(intervalSeconds) || !isCountOrNull(lastRotatedAt) || rest.length > 0) throw damagedRow(what)
  return { isEnabled: enabled === 1, intervalSeconds, lastRotatedAt, isInvalid: invalid === 1 }
}

function attachmentOf(value: unknown): SecretAttachmentRecord {
  const [attachmentId, name, sizeBytes, addedAt, ...rest] = listOf(value, what)
  if (rest.length > 0) throw damagedRow(what)
  return {
    attachmentId: textOf(attachmentId, 64, what),
    name: textOf(name, secretLimits.attachmentNameChars, what),
    sizeBytes: countOf(sizeBytes, what),
    addedAt: countOf(addedAt, what),
  }
}

function flagOf(value: unknown): boolean {
  if (value !== undefined && value !== 1) throw damagedRow(what)
  return value === 1
}

function objectOf(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw damagedRow(what)
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCountOrNull(value: unknown): value is number | null {
  return value === null || isCount(value)
}
