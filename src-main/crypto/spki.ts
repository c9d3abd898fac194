import { createPublicKey, type KeyObject } from 'node:crypto'
import type { AsymmetricKeySpec } from '../../src-shared/model/keys'
import { concatBytes, copyBytes, equalBytes } from './bytes'

/** Curves whose public keys are points, encoded uncompressed (SEC 1, 2.3.3). */
export type Curve = 'P-256' | 'P-384' | 'secp256k1' | 'SM2'

/** A key with one encoding only: the DER of its SubjectPublicKeyInfo up to the key itself, then the key and no more. */
interface FixedStart {
  start: Uint8Array
  keyBytes: number
}
interface FixedForm extends FixedStart {
  spec: AsymmetricKeySpec
}

/** RFC 5480 with a named curve; SM2 (GM/T 0006) is an id-ecPublicKey too. */
const curveForms: Readonly<Record<Curve, FixedForm>> = {
  'P-256': fixedForm('EC_P256', '3059301306072a8648ce3d020106082a8648ce3d030107034200', 65),
  'P-384': fixedForm('EC_P384', '3076301006072a8648ce3d020106052b81040022036200', 97),
  secp256k1: fixedForm('EC_P256K', '3056301006072a8648ce3d020106052b8104000a034200', 65),
  SM2: fixedForm('EC_SM2', '3059301306072a8648ce3d020106082a811ccf5501822d034200', 65),
}
/** On tokens alone: no key of the vault is of this curve, so it is none of the specs. */
const p521Form: FixedStart = { start: copyBytes(Buffer.from('30819b301006072a8648ce3d020106052b8104002303818600', 'hex')), keyBytes: 133 }
const pointStart = 4

/** RFC 8410. */
const ed25519Form = fixedForm('Ed25519', '302a300506032b6570032100', 32)

const rsaSpecs: ReadonlyMap<number | undefined, AsymmetricKeySpec> = new Map([
  [2048, 'RSA_2048'],
  [3072, 'RSA_3072'],
  [4096, 'RSA_4096'],
])
/** Longest encoding that is read: RSA_4096 with an exponent of 4 bytes has 551. */
const rsaSpkiMaxBytes = 560
/** BoringSSL takes exponents of up to 33 bits. */
const exponentLimit = 1n << 32n

const pemLineChars = 64

/**
 * The spec that a SubjectPublicKeyInfo (RFC 5280, DER) is of; null for anything else: a compressed point, a curve spelled
 * out, an RSA size that is not offered, BER, bytes that follow. Looks at the form: whether a point lies on its curve is
 * found by the function that uses it.
 */
export function specOfPublicKey(spki: Uint8Array): AsymmetricKeySpec | null {
  if (keyIn(spki, ed25519Form)) return ed25519Form.spec
  return curveFormOf(spki)?.spec ?? rsaSpecOf(spki)
}

/** Whether a SubjectPublicKeyInfo has the form of a key of P-521, its point uncompressed. */
export function isP521PublicKey(spki: Uint8Array): boolean {
  return keyIn(spki, p521Form)?.[0] === pointStart
}

/**
 * The uncompressed point (65 bytes, P-384: 97) in memory of its own. RangeError when `spki` is no key of a curve, or not
 * of the one that is asked for.
 */
export function ecPointOf(spki: Uint8Array, curve?: Curve): Uint8Array {
  const form = curveFormOf(spki)
  if (!form || (curve && form !== curveForms[curve])) throw new RangeError(`not a public key of ${curve ?? 'a curve'}`)
  return copyBytes(spki.subarray(form.start.length))
}

/** SubjectPublicKeyInfo of an uncompressed point. RangeError for a point of another form or length. */
export function ecSpki(curve: Curve, point: Uint8Array): Uint8Array {
  const { start, keyBytes } = curveForms[curve]
  if (point.length !== keyBytes || point[0] !== pointStart) throw new RangeError(`${curve} takes an uncompressed point`)
  return concatBytes(start, point)
}

/** SubjectPublicKeyInfo of the 32 bytes of an Ed25519 public key. RangeError for another length. */
export function ed25519Spki(key: Uint8Array): Uint8Array {
  if (key.length !== ed25519Form.keyBytes) throw new RangeError('Ed25519 has public keys of 32 bytes')
  return concatBytes(ed25519Form.start, key)
}

/** The 32 bytes of an Ed25519 public key in memory of their own. RangeError when `spki` is no such key. */
export function ed25519KeyOf(spki: Uint8Array): Uint8Array {
  const key = keyIn(spki, ed25519Form)
  if (!key) throw new RangeError('not an Ed25519 public key')
  return copyBytes(key)
}

/** PEM (RFC 7468) of what is public: ASCII, lines of 64 characters, each ending in LF. */
export function toPem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64')
  const lines = Array.from({ length: Math.ceil(base64.length / pemLineChars) }, (_, line) =>
    base64.slice(line * pemLineChars, (line + 1) * pemLineChars),
  )
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/**
 * What every block of `label` in a PEM text holds, in the text's order; other blocks and text around them are passed
 * over. Empty when there is none, and when one is broken off or is not canonical Base64. For what is public: the text is
 * a string.
 */
export function fromPem(label: string, pem: string): Uint8Array[] {
  const parts = pem.split(`-----BEGIN ${label}-----`).slice(1)
  const blocks = parts.map((part) => derOf(part.split(`-----END ${label}-----`)))
  return blocks.every((block) => block !== null) ? blocks : []
}

/** As fromPem(), of bytes, and the first block alone; null when there is none. What stands beside it never is a string: it may be a private key. */
export function firstFromPem(label: string, pem: Uint8Array): Uint8Array | null {
  const text = Buffer.from(pem.buffer, pem.byteOffset, pem.length)
  const end = `-----END ${label}-----`
  const from = text.indexOf(`-----BEGIN ${label}-----`)
  const to = from < 0 ? -1 : text.indexOf(end, from)
  return to < 0 ? null : (fromPem(label, text.toString('latin1', from, to + end.length))[0] ?? null)
}

function derOf([body = '', ...rest]: string[]): Uint8Array | null {
  const base64 = body.replace(/\s/g, '')
  const der = Buffer.from(base64, 'base64')
  return rest.length === 1 && der.length > 0 && der.toString('base64') === base64 ? copyBytes(der) : null
}

/** The form of a curve that `spki` has, its point uncompressed. */
function curveFormOf(spki: Uint8Array): FixedForm | undefined {
  return Object.values(curveForms).find((form) => keyIn(spki, form)?.[0] === pointStart)
}

/** What follows the start of the form, borrowed; null when the bytes have another form. */
function keyIn(spki: Uint8Array, { start, keyBytes }: FixedStart): Uint8Array | null {
  if (spki.length !== start.length + keyBytes || !equalBytes(spki.subarray(0, start.length), start)) return null
  return spki.subarray(start.length)
}

/** Only what the runtime writes in the same bytes again is DER. */
function rsaSpecOf(spki: Uint8Array): AsymmetricKeySpec | null {
  const key = spki.length > rsaSpkiMaxBytes ? null : parse(spki)
  if (key?.asymmetricKeyType !== 'rsa' || !equalBytes(key.export({ format: 'der', type: 'spki' }), spki)) return null
  const { modulusLength, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  const isUsable = publicExponent >= 3n && publicExponent < exponentLimit && publicExponent % 2n === 1n
  return isUsable ? (rsaSpecs.get(modulusLength) ?? null) : null
}

function parse(spki: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    return null
  }
}

function fixedForm(spec: AsymmetricKeySpec, startHex: string, keyBytes: number): FixedForm {
  return { spec, start: copyBytes(Buffer.from(startHex, 'hex')), keyBytes }
}
