import type { ECDSA } from '@noble/curves/abstract/weierstrass.js'
import { p256, p384 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { concatBytes, copyBytes } from './bytes'
import { numberBytes, numberOf, randomScalar, randomScalarBytes } from './scalar'
import { SecretBuffer } from './secret-buffer'
import { ecPointOf, ecSpki, type Curve } from './spki'

/** The curves of ECDSA. P-384 goes with SHA-384, the others with SHA-256. */
export type EcdsaCurve = Exclude<Curve, 'SM2'>

/** The runtime hashes whatever it signs or verifies with these curves, and Electron's lacks the third: a library it is. */
const curves: Readonly<Record<EcdsaCurve, { ecdsa: ECDSA; bytes: number }>> = {
  'P-256': { ecdsa: p256, bytes: 32 },
  'P-384': { ecdsa: p384, bytes: 48 },
  secp256k1: { ecdsa: secp256k1, bytes: 32 },
}

/** Any s is taken (RFC 6979 and FIPS 186-5 know no "low s"), in strict DER, over a digest that is not hashed again. */
const verifyOptions = { prehash: false, lowS: false, format: 'der' } as const

const uncompressed = Uint8Array.of(4)

/** A new key pair: the private scalar (32 bytes, P-384: 48, big-endian) and the public key as SPKI. */
export function generateEcKey(curve: EcdsaCurve): { material: SecretBuffer; publicKey: Uint8Array } {
  const { ecdsa, bytes } = curves[curve]
  const scalar = randomScalarBytes(ecdsa.Point.Fn.ORDER, bytes)
  const publicKey = ecPublicKeyOf(curve, scalar)
  return { material: SecretBuffer.take(scalar), publicKey }
}

/** The public key (SPKI) of a private scalar. RangeError when it has another length or is not of 1..n-1. */
export function ecPublicKeyOf(curve: EcdsaCurve, scalar: Uint8Array): Uint8Array {
  const { ecdsa, bytes } = curves[curve]
  const { x, y } = ecdsa.Point.BASE.multiply(privateNumber(curve, scalar)).toAffine()
  return ecSpki(curve, concatBytes(uncompressed, numberBytes(x, bytes), numberBytes(y, bytes)))
}

/**
 * ECDSA (FIPS 186-5, 6.4) with a random nonce over a digest as long as the scalar, which is not hashed again: DER of r and
 * s (RFC 3279). RangeError for another length and for a scalar that ecPublicKeyOf does not take. Written on the library's
 * arithmetic, because its own sign() makes strings of the private key.
 */
export function signEcdsa(curve: EcdsaCurve, scalar: Uint8Array, digest: Uint8Array): Uint8Array {
  const { ecdsa, bytes } = curves[curve]
  if (digest.length !== bytes) throw new RangeError(`${curve} signs a digest of ${bytes} bytes`)
  const { Fn, BASE } = ecdsa.Point
  const d = privateNumber(curve, scalar)
  const e = Fn.create(numberOf(digest))
  for (;;) {
    const k = randomScalar(Fn.ORDER, bytes)
    const r = Fn.create(BASE.multiply(k).toAffine().x)
    // The time of the inversion depends on what is inverted: a random factor hides the nonce from it, and d too.
    const blind = randomScalar(Fn.ORDER, bytes)
    const sum = Fn.add(Fn.mul(blind, e), Fn.mul(Fn.mul(blind, d), r))
    const s = Fn.mul(Fn.inv(Fn.mul(blind, k)), sum)
    if (r !== 0n && s !== 0n) return copyBytes(new ecdsa.Signature(r, s).toBytes('der'))
  }
}

/**
 * Whether the signature, strictly DER, fits the digest and the public key (SPKI). The leftmost bits of a digest longer
 * than the order count (FIPS 186-5). False for a point that is not on the curve; RangeError for another kind of key.
 */
export function verifyEcdsa(curve: EcdsaCurve, publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  return curves[curve].ecdsa.verify(signature, digest, ecPointOf(publicKey, curve), verifyOptions)
}

/** DER of a signature that is r ‖ s, as devices give it. RangeError when it is not two numbers of the curve. */
export function ecdsaDer(curve: EcdsaCurve, signature: Uint8Array): Uint8Array {
  const { ecdsa, bytes } = curves[curve]
  if (signature.length !== 2 * bytes) throw new RangeError(`a signature of ${curve} has ${2 * bytes} bytes`)
  return copyBytes(ecdsa.Signature.fromBytes(signature, 'compact').toBytes('der'))
}

function privateNumber(curve: EcdsaCurve, scalar: Uint8Array): bigint {
  const { ecdsa, bytes } = curves[curve]
  const d = scalar.length === bytes ? numberOf(scalar) : 0n
  if (!ecdsa.Point.Fn.isValidNot0(d)) throw new RangeError(`a private key of ${curve} is a number of 1..n-1 in ${bytes} bytes`)
  return d
}
