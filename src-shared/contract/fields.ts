import { z } from 'zod'
import { parseDuration } from '../model/duration'
import { contextProblem, type EncryptionContext } from '../model/encryption-context'
import { limits } from '../model/limits'

/** How the KMS faces translate a field; read by the KMS mapping, see kmsHint(). */
export interface KmsHint {
  /** Base64 text at the edge, bytes inside; how many there may be. */
  binary?: { min: number; max: number }
  /** With `binary`: text at the edge (UTF-8 bytes inside) unless this field of the same object says `binary`. */
  textUnlessBinary?: string
  /** JSON text or object at the edge. */
  json?: boolean
  /** JSON text inside; at the edge an object does as well. */
  jsonText?: boolean
  /** Lists are nested twice in replies: {Keys: {Key: [...]}}; the inner name. */
  item?: string
  /** A path at the edge of the CLI, a handle for this use inside. */
  path?: PathUse
}

/** What may be done with a path; a handle issued for one use is refused for another. */
export type PathUse = 'source' | 'folder' | 'target' | 'backup' | 'program' | 'module'

/** Marks a schema with the way the KMS faces translate it. */
export function hinted<S extends z.ZodType>(schema: S, hint: KmsHint): S {
  return schema.meta({ kms: hint }) as S
}

/** The hint of a schema, looking through optional and default wrappers; empty when it has none. */
export function kmsHint(schema: z.ZodType): KmsHint {
  const own = schema.meta()?.['kms'] as KmsHint | undefined
  if (own) return own
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : null
  return inner instanceof z.ZodType ? kmsHint(inner) : {}
}

/** Bytes, from `min` to `max`. On the KMS faces: canonical Base64. */
export function bytes(min: number, max: number) {
  const schema = z
    .custom<Uint8Array>((value) => value instanceof Uint8Array, { error: 'must be bytes' })
    .refine((value) => value.length >= min && value.length <= max, { error: `must be ${min} to ${max} bytes` })
  return hinted(schema, { binary: { min, max } })
}

/** Text of at most `max` characters without NUL. */
export function text(max: number, min = 0) {
  return z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !value.includes('\0'), { error: 'must not contain NUL' })
}

/** Encryption context (kms-api 1.6): string to string, at most 8192 characters. */
export const encryptionContext = hinted(
  z.custom<EncryptionContext>((value) => contextProblem(value) === null, {
    error: (issue) => contextProblem(issue.input) ?? 'is not valid',
  }),
  { json: true },
)

/** Key id, key ARN or alias; what it names is decided by the keystore. */
export const keyReference = text(limits.keyReferenceChars, 1)

export const pageNumber = z.int().min(1).default(1)
export function pageSize(max: number, min = 1, byDefault = 10) {
  return z.int().min(min).max(max).default(byDefault)
}

/** Opaque name of a path that main (or the preload, for a drop) has resolved. Valid once, for one use. */
export function pathHandle(use: PathUse) {
  return hinted(z.string().regex(/^h-[0-9a-f]{32}$/, { error: 'must be a path handle' }), { path: use })
}

/** A passphrase as UTF-8 bytes. Dispatch zeroes them after the call. */
export const passphrase = bytes(1, limits.passphraseBytes)

/** Counts of a paged answer. */
export const page = { totalCount: z.int(), pageNumber: z.int(), pageSize: z.int() }

/** The key and the version that an answer comes from. */
export const keyAndVersion = { keyId: z.string(), keyVersionId: z.string() }

/** Integer and unit d, h, m or s (kms-api 1.1). */
export const duration = z.string().refine((value) => parseDuration(value) !== null, { error: 'must be a duration such as 30d' })

/** A tag as the KMS writes it. The grammar is the keystore's business, which names what is wrong. */
export const tagEntry = z.strictObject({ TagKey: text(512), TagValue: text(512) })

/** Tags; JSON text or a list at the KMS faces. */
export function tagList(max: number) {
  return hinted(z.array(tagEntry).max(max), { json: true })
}

/** The operation checks everything and does nothing: it always fails, with DRY_RUN_PASSED when it would have worked. */
export const dryRun = z.boolean().optional()

export const windowOffset = z.int().min(0).max(10_000_000).default(0)
export const windowCount = z.int().min(1).max(500).default(100)
export const timestamp = z.string()
export const empty = z.strictObject({})
