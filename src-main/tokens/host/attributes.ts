import pkcs11, { type Handle, type PKCS11, type Template } from 'pkcs11js'
import type { TokenObjectClass } from '../../../src-shared/model/tokens'
import type { Attribute } from './calls'
import { ckr, isCkr } from './failures'

const common = [pkcs11.CKA_TOKEN, pkcs11.CKA_PRIVATE, pkcs11.CKA_MODIFIABLE]
const ofKeys = [...common, pkcs11.CKA_LOCAL, pkcs11.CKA_DERIVE]
const ofSecretParts = [pkcs11.CKA_SENSITIVE, pkcs11.CKA_EXTRACTABLE, pkcs11.CKA_ALWAYS_SENSITIVE, pkcs11.CKA_NEVER_EXTRACTABLE, pkcs11.CKA_DECRYPT, pkcs11.CKA_SIGN, pkcs11.CKA_UNWRAP]
const ofPublicParts = [pkcs11.CKA_ENCRYPT, pkcs11.CKA_VERIFY, pkcs11.CKA_WRAP]

const rsaPublic = [pkcs11.CKA_MODULUS, pkcs11.CKA_PUBLIC_EXPONENT]
const curve = [pkcs11.CKA_EC_PARAMS]

const byClass: Readonly<Record<TokenObjectClass, readonly number[]>> = {
  'secret-key': [...ofKeys, ...ofSecretParts, ...ofPublicParts, pkcs11.CKA_VALUE_LEN],
  'private-key': [...ofKeys, ...ofSecretParts, pkcs11.CKA_ALWAYS_AUTHENTICATE],
  'public-key': [...ofKeys, ...ofPublicParts],
  certificate: [...common, pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKA_SUBJECT, pkcs11.CKA_VALUE],
  data: [...common, pkcs11.CKA_APPLICATION],
  other: [...common],
}

/** Types of the attributes that are read of each object of a class, beside class, id, label and type of key. */
export function attributesOf(objectClass: TokenObjectClass, keyType: number | null): readonly number[] {
  const types = byClass[objectClass]
  if (objectClass === 'private-key') return keyType === pkcs11.CKK_RSA ? [...types, ...rsaPublic] : [...types, ...curve]
  if (objectClass === 'public-key') return keyType === pkcs11.CKK_RSA ? [...types, ...rsaPublic] : [...types, ...curve, pkcs11.CKA_EC_POINT]
  return types
}

const classes = new Map<number, TokenObjectClass>([
  [pkcs11.CKO_SECRET_KEY, 'secret-key'],
  [pkcs11.CKO_PRIVATE_KEY, 'private-key'],
  [pkcs11.CKO_PUBLIC_KEY, 'public-key'],
  [pkcs11.CKO_CERTIFICATE, 'certificate'],
  [pkcs11.CKO_DATA, 'data'],
])

export function classOf(value: Uint8Array | null): TokenObjectClass {
  return (value && classes.get(ulongOf(value))) ?? 'other'
}

/** A CK_ULONG of 4 or 8 bytes, little-endian; NaN for another length. */
export function ulongOf(value: Uint8Array): number {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (bytes.length === 8) return Number(bytes.readBigUInt64LE())
  return bytes.length === 4 ? bytes.readUInt32LE() : Number.NaN
}

export function templateOf(attributes: readonly Attribute[]): Template {
  return attributes.map(({ type, value }) => ({ type, value: value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value }))
}

/**
 * Reads attributes. A module refuses all of a request for one that it does not know or does not give; those are then asked
 * for one by one and, of objects of the same kind, left out from then on.
 */
export class AttributeReader {
  readonly #module: PKCS11
  readonly #refused = new Map<string, Set<number>>()

  constructor(module: PKCS11) {
    this.#module = module
  }

  /** In the order of `types`; null for one that the token does not give. `kind` names the objects of one kind. */
  read(session: Handle, object: Handle, types: readonly number[], kind: string): (Uint8Array | null)[] {
    const refused = this.#refused.get(kind) ?? new Set()
    const wanted = types.filter((type) => !refused.has(type))
    const values = this.#readAll(session, object, wanted) ?? this.#readEach(session, object, wanted, kind)
    return types.map((type) => values.get(type) ?? null)
  }

  #readAll(session: Handle, object: Handle, types: readonly number[]): Map<number, Uint8Array> | null {
    if (types.length === 0) return new Map()
    try {
      const read = this.#module.C_GetAttributeValue(session, object, types.map((type) => ({ type })))
      return new Map(read.map(({ type, value }) => [type, value]))
    } catch (error) {
      if (isCkr(error, ckr.attributeSensitive, ckr.attributeTypeInvalid)) return null
      throw error
    }
  }

  #readEach(session: Handle, object: Handle, types: readonly number[], kind: string): Map<number, Uint8Array> {
    const values = new Map<number, Uint8Array>()
    const refused = this.#refused.get(kind) ?? new Set<number>()
    for (const type of types) {
      const [value] = this.#readAll(session, object, [type])?.values() ?? []
      if (value) values.set(type, value)
      else refused.add(type)
    }
    this.#refused.set(kind, refused)
    return values
  }
}
