import { X509Certificate } from 'node:crypto'
import type { TokenObject } from '../../src-shared/contract/tokens'
import { tokenKeyUses, type TokenKeyType } from '../../src-shared/model/tokens'
import { ecSpki, ed25519Spki } from '../crypto/spki'
import { oid, sequence, bits, nullValue, unsignedInteger, writeDer } from '../crypto/key-formats/der'
import type { ObjectRef, ObjectView } from './host/calls'
import { attributeName, cka, ckk, ecParams, valueName } from './pkcs11'
import { shownText } from './shown-text'

const keyTypes = new Map<number, TokenKeyType>([
  [ckk.rsa, 'RSA'],
  [ckk.ec, 'EC'],
  [ckk.aes, 'AES'],
  [ckk.generic, 'GENERIC'],
  [ckk.sha1Hmac, 'GENERIC'],
  [ckk.sha256Hmac, 'GENERIC'],
  [ckk.sha384Hmac, 'GENERIC'],
  [ckk.sha512Hmac, 'GENERIC'],
  [ckk.edwards, 'EDDSA'],
])
const curveNames = new Map<string, string>([
  [ecParams.P256, 'P-256'],
  [ecParams.P384, 'P-384'],
  [ecParams.P521, 'P-521'],
  [ecParams.P256K, 'secp256k1'],
  [ecParams.ed25519, 'Ed25519'],
  [ecParams.ed25519Name, 'Ed25519'],
])

/** The attributes of an object by type. */
export class Attributes {
  readonly #values: ReadonlyMap<number, Uint8Array>

  constructor({ attributes }: ObjectView) {
    this.#values = new Map(attributes.map(({ type, value }) => [type, value]))
  }

  bytes(type: number): Uint8Array | null {
    return this.#values.get(type) ?? null
  }

  hex(type: number): string {
    return Buffer.from(this.bytes(type) ?? []).toString('hex')
  }

  text(type: number): string {
    return new TextDecoder().decode(this.bytes(type) ?? new Uint8Array()).replaceAll('\0', '')
  }

  /** CK_ULONG, little-endian; null when there is none. */
  number(type: number): number | null {
    const value = this.bytes(type)
    if (!value || value.length === 0) return null
    return value.reduceRight((sum, byte) => sum * 256 + byte, 0)
  }

  /** Null when the object has no such attribute. */
  flag(type: number): boolean | null {
    const value = this.bytes(type)
    return value && value.length === 1 ? value[0] !== 0 : null
  }
}

/** An object as it is shown. */
export function objectOf(view: ObjectView): TokenObject {
  const attributes = new Attributes(view)
  const certificate = view.objectClass === 'certificate' ? certificateOf(attributes) : null
  return {
    objectId: objectIdOf(view),
    objectClass: view.objectClass,
    keyType: keyTypeOf(attributes),
    kind: kindOf(attributes),
    label: shownText(attributes.text(cka.label)),
    idHex: attributes.hex(cka.id),
    uses: tokenKeyUses.filter((use) => attributes.flag(cka[use]) === true),
    isSensitive: attributes.flag(cka.sensitive),
    isExtractable: attributes.flag(cka.extractable),
    wasAlwaysSensitive: attributes.flag(cka.alwaysSensitive),
    wasNeverExtractable: attributes.flag(cka.neverExtractable),
    isLocal: attributes.flag(cka.local),
    isPrivate: attributes.flag(cka.private) ?? false,
    isModifiable: attributes.flag(cka.modifiable) ?? true,
    asksEachTime: attributes.flag(cka.alwaysAuthenticate) ?? false,
    subject: certificate && singleLine(certificate.subject),
    notAfter: certificate && isoTime(certificate.validTo),
    application: view.objectClass === 'data' ? shownText(attributes.text(cka.application)) : null,
    vaultUses: [],
  }
}

export function objectIdOf({ handle, check }: ObjectRef): string {
  return `${handle}-${check}`
}

/** What names an object to the host. */
export function refOf({ handle, check }: ObjectRef): ObjectRef {
  return { handle, check }
}

function keyTypeOf(attributes: Attributes): TokenKeyType | null {
  const type = attributes.number(cka.keyType)
  return type === null ? null : (keyTypes.get(type) ?? 'OTHER')
}

function kindOf(attributes: Attributes): string {
  switch (keyTypeOf(attributes)) {
    case 'AES':
      return named('AES', 8 * (attributes.number(cka.valueLen) ?? 0), '-')
    case 'GENERIC':
      return named('HMAC', 8 * (attributes.number(cka.valueLen) ?? 0), '-')
    case 'RSA':
      return named('RSA', bitLength(attributes.bytes(cka.modulus)), ' ')
    case 'EC':
    case 'EDDSA':
      return curveNames.get(attributes.hex(cka.ecParams)) ?? ''
    default:
      return ''
  }
}

function named(name: string, bitCount: number, joint: string): string {
  return bitCount === 0 ? name : `${name}${joint}${bitCount}`
}

function bitLength(modulus: Uint8Array | null): number {
  const first = modulus?.findIndex((byte) => byte !== 0) ?? -1
  if (!modulus || first === -1) return 0
  return 8 * (modulus.length - first) - Math.clz32(modulus[first] ?? 0) + 24
}

function certificateOf(attributes: Attributes): X509Certificate | null {
  try {
    return new X509Certificate(attributes.bytes(cka.value) ?? new Uint8Array())
  } catch {
    // What is in its place on the token is no certificate; it is listed all the same.
    return null
  }
}

/** Node puts each part of a name on a line of its own. */
function singleLine(subject: string): string {
  return shownText(subject.replaceAll('\n', ', '))
}

function isoTime(text: string): string | null {
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** SPKI DER of a public key, or of the public part of an RSA private key; null when it cannot be told. */
export function spkiOf(view: ObjectView): Uint8Array | null {
  const attributes = new Attributes(view)
  const [modulus, exponent] = [attributes.bytes(cka.modulus), attributes.bytes(cka.publicExponent)]
  if (modulus && modulus.length > 0 && exponent && exponent.length > 0) return rsaSpki(modulus, exponent)
  const point = pointOf(attributes.bytes(cka.ecPoint))
  if (!point) return null
  const curve = curveNames.get(attributes.hex(cka.ecParams))
  if (curve === 'Ed25519') return point.length === 32 ? ed25519Spki(point) : null
  if (curve === 'P-521') return writeDer(sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.35')), bits(point)))
  return curve === 'P-256' || curve === 'P-384' || curve === 'secp256k1' ? ecSpkiOrNull(curve, point) : null
}

/** Null for a point of another length than the curve's. */
function ecSpkiOrNull(curve: 'P-256' | 'P-384' | 'secp256k1', point: Uint8Array): Uint8Array | null {
  return point.length === (curve === 'P-384' ? 97 : 65) ? ecSpki(curve, point) : null
}

export function rsaSpki(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const key = writeDer(sequence(unsignedInteger(modulus), unsignedInteger(exponent)))
  return writeDer(sequence(sequence(oid('1.2.840.113549.1.1.1'), nullValue), bits(key)))
}

/** Lengths of bare points: Ed25519, P-256 and secp256k1, P-384, P-521. */
const barePoints: ReadonlySet<number> = new Set([32, 65, 97, 133])

/** CKA_EC_POINT is an OCTET STRING around the point; some modules give the point bare. */
function pointOf(value: Uint8Array | null): Uint8Array | null {
  if (!value || barePoints.has(value.length)) return value
  const start = value[1] === 0x81 ? 3 : 2
  return value[0] === 0x04 && barePoints.has(value.length - start) ? value.subarray(start) : null
}

/** An attribute as it is shown: a flag, a number, text or hex. */
export function attributeRow(type: number, value: Uint8Array): { name: string; value: string } {
  return { name: attributeName(type), value: shown(type, value) }
}

const texts: ReadonlySet<number> = new Set([cka.label, cka.application])
const numbers: ReadonlySet<number> = new Set([cka.class, cka.keyType, cka.valueLen, cka.modulusBits, cka.certificateType])
const blobs: ReadonlySet<number> = new Set([cka.id, cka.modulus, cka.publicExponent, cka.ecParams, cka.ecPoint, cka.subject, cka.value, cka.objectId])

function shown(type: number, value: Uint8Array): string {
  if (texts.has(type)) return shownText(new TextDecoder().decode(value))
  if (numbers.has(type)) return valueName(type, value.reduceRight((sum, byte) => sum * 256 + byte, 0))
  if (!blobs.has(type) && value.length === 1) return value[0] === 0 ? 'CK_FALSE' : 'CK_TRUE'
  return Buffer.from(value).toString('hex')
}
