import type { AsymmetricKeySpec } from '../../../src-shared/model/keys'
import { ownBytes, zero } from '../bytes'
import { randomBytesOf } from '../random'
import { signRsaPkcs1, verifyRsaPkcs1 } from '../rsa-signature'
import { numberBytes, numberOf } from '../scalar'
import { SecretBuffer } from '../secret-buffer'
import { magnitudeOf, sequenceOf, smallIntegerOf, withoutLeadingZeros, type BerNode } from './ber'
import type { PrivateKeyParts } from './decoded-key'
import { bits, nullValue, octets, oid, sequence, smallInteger, unsignedInteger, writeDer } from './der'
import { inconsistent, notAKey, unsupported } from './failure'

/** Magnitudes of an RSA key (RFC 8017 3.2), big-endian, borrowed from the caller. */
export interface RsaParts {
  n: Uint8Array
  e: Uint8Array
  d: Uint8Array
  p: Uint8Array
  q: Uint8Array
  dp: Uint8Array
  dq: Uint8Array
  qi: Uint8Array
}

export const rsaOid = '1.2.840.113549.1.1.1'
const specs = new Map<number, AsymmetricKeySpec>([
  [2048, 'RSA_2048'],
  [3072, 'RSA_3072'],
  [4096, 'RSA_4096'],
])
const sizesPhrase = 'RSA keys of 2048, 3072 and 4096 bits are supported'
const maxExponentBits = 32
const maxPartBytes = 512

/** The parts of an RSAPrivateKey of PKCS#1 (RFC 8017 A.1.2), as views. */
export function readRsaPrivateKey(node: BerNode): RsaParts {
  const [version, n, e, d, p, q, dp, dq, qi, ...others] = sequenceOf(node)
  if (smallIntegerOf(version) === 1) throw unsupported('RSA keys with more than two primes are not supported')
  if (smallIntegerOf(version) !== 0 || others.length > 0) throw notAKey()
  const parts = { n, e, d, p, q, dp, dq, qi }
  return mapParts(parts, magnitudeOf)
}

/**
 * The key of the parts, after a check that all of them belong together. The arithmetic of the check makes big integers
 * of the parts, which stay in the engine's memory until they are collected.
 */
export function rsaKey(given: RsaParts): PrivateKeyParts {
  const parts = mapParts(given, withoutLeadingZeros)
  const keySpec = specs.get(bitLength(parts.n))
  if (keySpec === undefined) throw unsupported(sizesPhrase)
  if (bitLength(parts.e) > maxExponentBits) throw unsupported('RSA keys with a public exponent above 32 bits are not supported')
  if (!fitTogether(parts)) throw inconsistent()
  const publicKey = encodeRsaPublicKey(parts)
  const material = SecretBuffer.take(encodeRsaPkcs8(parts))
  if (material.use((der) => signs(der, publicKey))) return { keySpec, material, publicKey }
  material.destroy()
  throw inconsistent()
}

/** d mod (prime - 1), for formats that leave it out. In memory of its own, for the caller to zero. */
export function crtExponent(d: Uint8Array, prime: Uint8Array): Uint8Array {
  if (Math.max(d.length, prime.length) > maxPartBytes) throw unsupported(sizesPhrase)
  const divisor = toInteger(prime) - 1n
  if (divisor < 1n) throw inconsistent()
  return numberBytes(toInteger(d) % divisor, wholeLimbs(prime.length))
}

function mapParts<T, U>(parts: Record<keyof RsaParts, T>, change: (part: T) => U): Record<keyof RsaParts, U> {
  const { n, e, d, p, q, dp, dq, qi } = parts
  return { n: change(n), e: change(e), d: change(d), p: change(p), q: change(q), dp: change(dp), dq: change(dq), qi: change(qi) }
}

/** Lengths first: the arithmetic below costs as much as the longest part. */
function fitTogether(bytes: RsaParts): boolean {
  const most = bytes.n.length
  if (Object.values(bytes).some((part: Uint8Array) => part.length === 0 || part.length > most)) return false
  const { n, e, d, p, q, dp, dq, qi } = mapParts(bytes, toInteger)
  if (p < 3n || q < 3n || p === q || p * q !== n || e < 3n || d >= n) return false
  return dp === d % (p - 1n) && dq === d % (q - 1n) && (e * dp) % (p - 1n) === 1n && (e * dq) % (q - 1n) === 1n && qi < p && (qi * q) % p === 1n
}

/** Whether the key can be used: the arithmetic above does not tell primes from other numbers. */
function signs(pkcs8: Uint8Array, spki: Uint8Array): boolean {
  const probe = randomBytesOf(32)
  try {
    return verifyRsaPkcs1(spki, probe, signRsaPkcs1(pkcs8, probe))
  } catch {
    return false
  }
}

function encodeRsaPkcs8({ n, e, d, p, q, dp, dq, qi }: RsaParts): Uint8Array {
  const key = sequence(smallInteger(0), ...[n, e, d, p, q, dp, dq, qi].map(unsignedInteger))
  return writeDer(sequence(smallInteger(0), sequence(oid(rsaOid), nullValue), octets(key)))
}

function encodeRsaPublicKey({ n, e }: RsaParts): Uint8Array {
  return writeDer(sequence(sequence(oid(rsaOid), nullValue), bits(sequence(unsignedInteger(n), unsignedInteger(e)))))
}

function bitLength(magnitude: Uint8Array): number {
  const [first] = magnitude
  return first === undefined ? 0 : magnitude.length * 8 - (Math.clz32(first) - 24)
}

function toInteger(magnitude: Uint8Array): bigint {
  const padded = ownBytes(wholeLimbs(magnitude.length))
  padded.set(magnitude, padded.length - magnitude.length)
  const number = numberOf(padded)
  zero(padded)
  return number
}

/** The length that numberOf and numberBytes ask for. */
function wholeLimbs(length: number): number {
  return Math.ceil(length / 8) * 8
}
