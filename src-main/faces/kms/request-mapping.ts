import { z } from 'zod'
import type { OperationName } from '../../../src-shared/contract/catalog'
import { kmsHint, type PathUse } from '../../../src-shared/contract/fields'
import { operations } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import { kmsName } from './names'
import { optionOf, unwrapped } from './schemas'

export interface RequestMappingOptions {
  /** The cloud API ignores parameters it does not know (endpoint-protocol 2.6); on the command line they are mistakes. */
  unknownParameters: 'refuse' | 'ignore'
  /** Turns a path into a handle; faces where nobody may name a path leave it out. */
  issueHandle?: (path: string, use: PathUse) => string
}

/**
 * Translates the parameters of a KMS call into the contract's request: PascalCase to camelCase, Base64 to bytes (text to
 * its UTF-8 where a sibling says that it is text), JSON text to objects, "true"/"10" to booleans and integers. An empty
 * string for an optional parameter means absent. What the values may be is left to the contract's schema.
 * INVALID_PARAMETER names the parameter in PascalCase.
 */
export function requestFromKms(operation: OperationName, parameters: unknown, options: RequestMappingOptions): Record<string, unknown> {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    throw invalidParameter('JSON', 'must be an object of parameters')
  }
  return translateFields('', operations[operation].request, parameters, options)
}

/** `prefix` names the object in messages: empty for the request itself. */
function translateFields(prefix: string, schema: z.ZodObject, parameters: object, options: RequestMappingOptions): Record<string, unknown> {
  const fields = new Map(Object.entries(schema.shape as Record<string, z.ZodType>).map(([field, type]) => [kmsName(field), { field, type }]))
  const request: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(parameters)) {
    const known = fields.get(name)
    if (!known) {
      if (options.unknownParameters === 'ignore') continue
      throw invalidParameter(prefix + name, 'is not a parameter of this operation')
    }
    if (value === '' && known.type.safeParse(undefined).success) continue
    request[known.field] = isTextIn(parameters, known.type) ? encodeText(prefix + name, value) : translate(prefix + name, known.type, value, options)
  }
  return request
}

/** True for a field of bytes that is plain text here, because its sibling in `parameters` does not say `binary`. */
function isTextIn(parameters: object, type: z.ZodType): boolean {
  const sibling = kmsHint(type).textUnlessBinary
  return sibling !== undefined && new Map<string, unknown>(Object.entries(parameters)).get(kmsName(sibling)) !== 'binary'
}

function translate(name: string, type: z.ZodType, value: unknown, options: RequestMappingOptions): unknown {
  const hint = kmsHint(type)
  if (hint.binary) return decodeBase64(name, value)
  if (hint.path) return issuePath(name, hint.path, value, options)
  if (hint.jsonText && typeof value === 'object' && value !== null) return JSON.stringify(value)
  const inner = unwrapped(type)
  if (inner instanceof z.ZodArray) return translateList(name, inner, value, options)
  if (inner instanceof z.ZodObject) return translateObject(name, inner, value, options)
  if (inner instanceof z.ZodDiscriminatedUnion) return translateUnion(name, inner, value, options)
  if (typeof value !== 'string') return value
  if (hint.json) return parseJson(name, value)
  if (inner instanceof z.ZodBoolean) return value === 'true' ? true : value === 'false' ? false : value
  if (inner instanceof z.ZodNumber) return /^-?\d{1,15}$/.test(value) ? Number(value) : value
  return value
}

function translateList(name: string, type: z.ZodArray, value: unknown, options: RequestMappingOptions): unknown {
  const items = typeof value === 'string' ? parseJson(name, value) : value
  const element = type.element
  if (!Array.isArray(items) || !(element instanceof z.ZodType)) return items
  return items.map((item: unknown) => translate(name, element, item, options))
}

function translateObject(name: string, type: z.ZodObject, value: unknown, options: RequestMappingOptions): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? translateFields(`${name}.`, type, value, options) : value
}

/** What fits no option is left as it is: the schema says what is wrong with it. */
function translateUnion(name: string, type: z.ZodDiscriminatedUnion, value: unknown, options: RequestMappingOptions): unknown {
  if (typeof value !== 'object' || value === null) return value
  const chosen = new Map<string, unknown>(Object.entries(value)).get(kmsName(type.def.discriminator))
  const option = optionOf(type, chosen)
  return option ? translateObject(name, option, value, options) : value
}

/** A lone surrogate has no UTF-8. */
function encodeText(name: string, value: unknown): Uint8Array {
  if (typeof value !== 'string' || /\p{Surrogate}/u.test(value)) throw invalidParameter(name, 'must be text')
  return new TextEncoder().encode(value)
}

/** Only canonical Base64 (RFC 4648 section 4, with padding) is taken, so that one value has one spelling. */
function decodeBase64(name: string, value: unknown): Uint8Array {
  if (typeof value !== 'string') throw invalidParameter(name, 'must be Base64 text')
  const decoded = Buffer.from(value, 'base64')
  if (decoded.toString('base64') !== value) throw invalidParameter(name, 'must be Base64 text')
  const own = new Uint8Array(decoded)
  decoded.fill(0)
  return own
}

function issuePath(name: string, use: PathUse, value: unknown, options: RequestMappingOptions): string {
  if (!options.issueHandle || typeof value !== 'string' || value === '') throw invalidParameter(name, 'must be a path')
  return options.issueHandle(value, use)
}

function parseJson(name: string, value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw invalidParameter(name, 'must be JSON text')
  }
}
