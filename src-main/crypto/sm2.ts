import { invertCt } from '@noble/curves/abstract/modular.js'
import { DER, weierstrass, type WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js'
import { concatBytes, copyBytes, equalBytes, ownBytes, u16, u32, utf8, zero } from './bytes'
import { numberBytes, numberOf, randomScalar, randomScalarBytes } from './scalar'
import { SecretBuffer } from './secret-buffer'
import { sm3, sm3Bytes } from './sm3'
import { ecPointOf, ecSpki } from './spki'

type Point = WeierstrassPoint<bigint>

const scalarBytes = 32
const pointBytes = 1 + 2 * scalarBytes
const uncompressed = Uint8Array.of(4)
const sequenceTag = 0x30
const integerTag = 0x02
const octetStringTag = 0x04

/** Bytes that sm2Encrypt adds to the plaintext: the point C1 and the digest C3. */
export const sm2OverheadBytes = pointBytes + sm3Bytes

/** The user id that GB/T 35276 sets where the two sides have agreed on no other. */
const sm2DefaultId = '1234567812345678'

/**
 * The curve that GB/T 32918.5 recommends, OID 1.2.156.10197.1.301. Points are multiplied by the curve library, blinded;
 * the protocol is here because the libraries that have it take private keys as strings. Big integers cannot be zeroed.
 */
const curve = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
}
const Curve = weierstrass(curve)
const { Fn } = Curve

/** A new key pair: the private scalar (32 bytes, big-endian) and the public key as SPKI. */
export function generateSm2(): { material: SecretBuffer; publicKey: Uint8Array } {
  const scalar = randomScalarBytes(curve.n - 1n, scalarBytes)
  const publicKey = sm2PublicKeyOf(scalar)
  return { material: SecretBuffer.take(scalar), publicKey }
}

/** The public key (SPKI) of a private scalar. RangeError when it has not 32 bytes or is not of 1..n-2. */
export function sm2PublicKeyOf(scalar: Uint8Array): Uint8Array {
  return ecSpki('SM2', encodePoint(Curve.BASE.multiply(privateNumber(scalar))))
}

/**
 * SM2 encryption (GB/T 32918.4) to a public key (SPKI): 04 ‖ C1 ‖ C3 ‖ C2, sm2OverheadBytes longer than the plaintext.
 * RangeError for an empty plaintext, which the standard does not know, and for another kind of key.
 */
export function sm2Encrypt(publicKey: Uint8Array, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
  if (plaintext.length === 0) throw new RangeError('SM2 encrypts one byte or more')
  const recipient = publicPoint(publicKey)
  for (;;) {
    const k = randomScalar(curve.n, scalarBytes)
    const shared = encodePoint(recipient.multiply(k))
    const digest = sharedDigest(shared, plaintext)
    const masked = mask(shared, plaintext)
    zero(shared)
    if (masked) return concatBytes(encodePoint(Curve.BASE.multiply(k)), digest, masked)
  }
}

/**
 * Opens what sm2Encrypt made, and the ASN.1 form of GM/T 0009. The plaintext is in memory of its own, for the caller to
 * zero; null for every failure. RangeError for a scalar that sm2PublicKeyOf does not take.
 */
export function sm2Decrypt(scalar: Uint8Array, ciphertext: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const d = privateNumber(scalar)
  const parts = ciphertext[0] === sequenceTag ? partsOfDer(ciphertext) : partsOfBytes(ciphertext)
  const point = parts && decodePoint(parts.point)
  if (!point || parts.digest.length !== sm3Bytes || parts.masked.length === 0) return null
  const shared = encodePoint(point.multiply(d))
  const plaintext = mask(shared, parts.masked)
  const digest = plaintext && sharedDigest(shared, plaintext)
  zero(shared)
  if (digest && equalBytes(digest, parts.digest)) return plaintext
  zero(plaintext)
  return null
}

/**
 * The digest that SM2 signs (GB/T 32918.2): SM3(ZA ‖ message), where ZA binds the id of the signer, the curve and the
 * public key (SPKI). RangeError for an id of 8 KiB or more.
 */
export function sm2Digest(publicKey: Uint8Array, message: Uint8Array, id: string = sm2DefaultId): Uint8Array<ArrayBuffer> {
  return sm3(sm2Identity(publicKey, id), message)
}

/** ZA (GB/T 32918.2, 5.5): the signer's id, curve and public key (SPKI) as one digest, which goes before the message. */
export function sm2Identity(publicKey: Uint8Array, id: string = sm2DefaultId): Uint8Array<ArrayBuffer> {
  const idBytes = utf8(id)
  const numbers = [curve.a, curve.b, curve.Gx, curve.Gy].map((number) => numberBytes(number, scalarBytes))
  const point = encodePoint(publicPoint(publicKey))
  return sm3(u16(idBytes.length * 8), idBytes, ...numbers, point.subarray(1))
}

/** Signs a digest of sm2Digest, which is not hashed again: DER of r and s. RangeError for another length than 32 bytes. */
export function signSm2(scalar: Uint8Array, digest: Uint8Array): Uint8Array<ArrayBuffer> {
  if (digest.length !== sm3Bytes) throw new RangeError('an SM2 digest has 32 bytes')
  const d = privateNumber(scalar)
  const e = numberOf(digest)
  for (;;) {
    const k = randomScalar(curve.n, scalarBytes)
    const r = Fn.create(e + Curve.BASE.multiply(k).x)
    const s = Fn.mul(invertCt(d + 1n, curve.n), Fn.sub(k, Fn.mul(r, d)))
    if (r !== 0n && r + k !== curve.n && s !== 0n) return copyBytes(Buffer.from(DER.hexFromSig({ r, s }), 'hex'))
  }
}

/** Whether the signature, strictly DER, fits a digest of sm2Digest and the public key (SPKI). */
export function verifySm2(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const point = publicPoint(publicKey)
  const numbers = signatureNumbers(signature)
  if (!numbers || digest.length !== sm3Bytes) return false
  const { r, s } = numbers
  const t = Fn.add(r, s)
  if (!Fn.isValidNot0(r) || !Fn.isValidNot0(s) || t === 0n) return false
  const sum = Curve.BASE.mulAddUnsafe(s, point, t)
  return !sum.is0() && Fn.create(numberOf(digest) + sum.x) === r
}

interface CiphertextParts {
  /** 04 ‖ x ‖ y. */
  point: Uint8Array
  digest: Uint8Array
  masked: Uint8Array
}

function partsOfBytes(ciphertext: Uint8Array): CiphertextParts {
  return {
    point: ciphertext.subarray(0, pointBytes),
    digest: ciphertext.subarray(pointBytes, sm2OverheadBytes),
    masked: ciphertext.subarray(sm2OverheadBytes),
  }
}

/** SM2Cipher of GM/T 0009: SEQUENCE of the INTEGERs x and y and the OCTET STRINGs C3 and C2, strictly DER. */
function partsOfDer(ciphertext: Uint8Array): CiphertextParts | null {
  const { _tlv: value, _int: integer } = DER
  try {
    const { v: body, l: rest } = value.decode(sequenceTag, ciphertext)
    const { v: x, l: afterX } = value.decode(integerTag, body)
    const { v: y, l: afterY } = value.decode(integerTag, afterX)
    const { v: digest, l: afterDigest } = value.decode(octetStringTag, afterY)
    const { v: masked, l: left } = value.decode(octetStringTag, afterDigest)
    if (rest.length > 0 || left.length > 0 || x.length > scalarBytes + 1 || y.length > scalarBytes + 1) return null
    const point = concatBytes(uncompressed, numberBytes(integer.decode(x), scalarBytes), numberBytes(integer.decode(y), scalarBytes))
    return { point, digest, masked }
  } catch {
    return null
  }
}

function signatureNumbers(signature: Uint8Array): { r: bigint; s: bigint } | null {
  try {
    return DER.toSig(signature, scalarBytes + 1)
  } catch {
    return null
  }
}

/** C3: SM3(x2 ‖ plaintext ‖ y2). */
function sharedDigest(shared: Uint8Array, plaintext: Uint8Array): Uint8Array {
  return sm3(shared.subarray(1, 1 + scalarBytes), plaintext, shared.subarray(1 + scalarBytes))
}

/** `bytes` under the key stream of the shared point (KDF of GB/T 32918.4); null when that stream is all zeros. */
function mask(shared: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const stream = ownBytes(bytes.length)
  for (let counter = 1, at = 0; at < bytes.length; counter++, at += sm3Bytes) {
    const block = sm3(shared.subarray(1), u32(counter))
    stream.set(block.subarray(0, bytes.length - at), at)
    zero(block)
  }
  let any = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = stream[index] ?? 0
    any |= byte
    stream[index] = byte ^ (bytes[index] ?? 0)
  }
  if (any !== 0) return stream
  zero(stream)
  return null
}

function privateNumber(scalar: Uint8Array): bigint {
  const d = scalar.length === scalarBytes ? numberOf(scalar) : 0n
  if (d === 0n || d >= curve.n - 1n) throw new RangeError('an SM2 private key is a number of 1..n-2 in 32 bytes')
  return d
}

function publicPoint(publicKey: Uint8Array): Point {
  const point = decodePoint(ecPointOf(publicKey, 'SM2'))
  if (!point) throw new RangeError('not an SM2 public key')
  return point
}

/** Null when the bytes are no uncompressed point on the curve. */
function decodePoint(bytes: Uint8Array): Point | null {
  if (bytes.length !== pointBytes || bytes[0] !== uncompressed[0]) return null
  try {
    return Curve.fromBytes(bytes)
  } catch {
    return null
  }
}

/** 04 ‖ x ‖ y in memory of its own. The library's own encoding goes through strings, which cannot be zeroed. */
function encodePoint(point: Point): Uint8Array<ArrayBuffer> {
  const affine = point.toAffine()
  const [x, y] = [numberBytes(affine.x, scalarBytes), numberBytes(affine.y, scalarBytes)]
  const encoded = concatBytes(uncompressed, x, y)
  zero(x, y)
  return encoded
}
