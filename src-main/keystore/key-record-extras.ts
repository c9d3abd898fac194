import { limits } from '../../src-shared/model/limits'
import type { RotationPolicy } from '../../src-shared/model/rotation'
import { tagsProblem, type Tag } from '../../src-shared/model/tags'
import { countOf, damagedRow, isCount, listOf, textOf } from './stored-row'

/** What a key can have beyond a plain one. Times are milliseconds since the epoch. */
export interface KeyExtras {
  /** Sorted by key. */
  readonly tags: readonly Tag[]
  readonly rotation: RotationPolicy
  /** When a pending deletion is carried out; null in every other state. */
  readonly deletesAt: number | null
  readonly deletionProtection: DeletionProtection
  readonly importedMaterial: ImportedMaterial
  /** Whether the private key may leave the vault; fixed when the key is made. */
  readonly isExportable: boolean
  /** Place in `versions` of the oldest one that still decrypts. */
  readonly minimumVersion: number
  /** Text of the key policy; null: the default one. */
  readonly policy: string | null
  /** Of the token on which it is, as a KMS instance; null: the key is in the vault. */
  readonly instanceId: string | null
}

export interface DeletionProtection {
  readonly isOn: boolean
  readonly description: string
}

/** Of a key whose material comes from outside. */
export interface ImportedMaterial {
  /** Null: never. */
  readonly expiresAt: number | null
  /** Base64 of a salted fingerprint of the first import, which later ones must equal; null before it. */
  readonly fingerprint: string | null
}

/** What a record has that the first layout did not know; also the start of a new key. */
export const plainKey = {
  tags: [],
  rotation: { isEnabled: false, intervalSeconds: null },
  deletesAt: null,
  deletionProtection: { isOn: false, description: '' },
  importedMaterial: { expiresAt: null, fingerprint: null },
  isExportable: false,
  minimumVersion: 0,
  policy: null,
  instanceId: null,
} as const satisfies KeyExtras

const what = 'key record'
const names = new Set(['t', 'r', 'd', 'p', 'm', 'x', 'v', 'k', 'i'])

/**
 * What a key has beyond a plain one, absent where it has nothing: t tags as [key, value], r rotation as [enabled 0 or 1,
 * seconds or null], d time of deletion, p text of the deletion protection (its presence: on), m imported material as
 * [expires at or null, fingerprint or null], x 1 when exportable, v place of the minimum version, k key policy, i instance
 * of a key on a token.
 */
export function extrasOf(record: KeyExtras): Record<string, unknown> {
  const { tags, rotation, deletesAt, deletionProtection, importedMaterial, isExportable, minimumVersion, policy, instanceId } = record
  const extras: Record<string, unknown> = {}
  if (tags.length > 0) extras['t'] = tags.map(({ key, value }) => [key, value])
  if (rotation.isEnabled || rotation.intervalSeconds !== null) extras['r'] = [Number(rotation.isEnabled), rotation.intervalSeconds]
  if (deletesAt !== null) extras['d'] = deletesAt
  if (deletionProtection.isOn) extras['p'] = deletionProtection.description
  const { expiresAt, fingerprint } = importedMaterial
  if (expiresAt !== null || fingerprint !== null) extras['m'] = [expiresAt, fingerprint]
  if (isExportable) extras['x'] = 1
  if (minimumVersion > 0) extras['v'] = minimumVersion
  if (policy !== null) extras['k'] = policy
  if (instanceId !== null) extras['i'] = instanceId
  return extras
}

/** Reads extrasOf() strictly. VAULT_DAMAGED. */
export function decodeExtras(value: unknown, versionCount: number): KeyExtras {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damagedRow(what)
  const found = Object.keys(value)
  if (found.length === 0) return plainKey
  if (!found.every((name) => names.has(name))) throw damagedRow(what)
  const { t, r, d, p, m, x, v, k, i } = value as Record<string, unknown>
  if (x !== undefined && x !== 1) throw damagedRow(what)
  return {
    tags: t === undefined ? plainKey.tags : storedTags(t, what),
    rotation: r === undefined ? plainKey.rotation : rotationOf(r),
    deletesAt: d === undefined ? null : countOf(d, what),
    deletionProtection: p === undefined ? plainKey.deletionProtection : { isOn: true, description: textOf(p, limits.descriptionChars, what) },
    importedMaterial: m === undefined ? plainKey.importedMaterial : materialOf(m),
    isExportable: x === 1,
    minimumVersion: v === undefined ? 0 : placeOf(v, versionCount),
    policy: k === undefined ? null : textOf(k, limits.policyBytes, what),
    instanceId: i === undefined ? null : textOf(i, 64, what),
  }
}

/** Tags as rows have them: [key, value] each; `row` is what the row is called. VAULT_DAMAGED. */
export function storedTags(value: unknown, row: string): readonly Tag[] {
  const tags = listOf(value, row).map((item) => {
    const [key, text, ...rest] = listOf(item, row)
    if (rest.length > 0) throw damagedRow(row)
    return { key: textOf(key, limits.tagChars, row), value: textOf(text, limits.tagChars, row) }
  })
  if (tagsProblem(tags) !== null) throw damagedRow(row)
  return tags
}

function rotationOf(value: unknown): RotationPolicy {
  const [enabled, seconds, ...rest] = listOf(value, what)
  if ((enabled !== 0 && enabled !== 1) || !isCountOrNull(seconds) || rest.length > 0) throw damagedRow(what)
  return { isEnabled: enabled === 1, intervalSeconds: seconds }
}

function materialOf(value: unknown): ImportedMaterial {
  const [expiresAt, fingerprint, ...rest] = listOf(value, what)
  if (!isCountOrNull(expiresAt) || rest.length > 0) throw damagedRow(what)
  return { expiresAt, fingerprint: fingerprint === null ? null : textOf(fingerprint, 128, what) }
}

function placeOf(value: unknown, versionCount: number): number {
  const place = countOf(value, what)
  if (place >= versionCount) throw damagedRow(what)
  return place
}

function isCountOrNull(value: unknown): value is number | null {
  return value === null || isCount(value)
}
