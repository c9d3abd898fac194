import { createHash, createPrivateKey, createPublicKey, getCurves, sign, verify } from 'node:crypto'
import { p256, p384 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyBytes, utf8 } from '../../../src-main/crypto/bytes'
import { ecPublicKeyOf, generateEcKey, signEcdsa, verifyEcdsa, type EcdsaCurve } from '../../../src-main/crypto/ecdsa'
import { ecPointOf, ecSpki, specOfPublicKey } from '../../../src-main/crypto/spki'
import { flipped } from '../../support/flipped'
import { fromHex, toHex } from '../../support/wycheproof'

const message = utf8('sample')
const orders = { 'P-256': p256.Point.Fn.ORDER, 'P-384': p384.Point.Fn.ORDER, secp256k1: secp256k1.Point.Fn.ORDER }
const runtimeNames = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', secp256k1: 'secp256k1' }

const curves = [
  { curve: 'P-256', spec: 'EC_P256', bytes: 32, hash: 'sha256' },
  { curve: 'P-384', spec: 'EC_P384', bytes: 48, hash: 'sha384' },
  { curve: 'secp256k1', spec: 'EC_P256K', bytes: 32, hash: 'sha256' },
] as const

/** Private keys, points and signatures of "sample": RFC 6979 A.2.5 and A.2.6; SEC 2 (the base point) for secp256k1. */
const known: { curve: EcdsaCurve; scalar: string; point: string; signature?: { r: string; s: string } }[] = [
  {
    curve: 'P-256',
    scalar: 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
    point:
      '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
    signature: {
      r: 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
      s: 'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
    },
  },
  {
    curve: 'P-384',
    scalar: '6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5',
    point:
      'ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13' +
      '8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720',
    signature: {
      r: '94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46',
      s: '99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8',
    },
  },
  {
    curve: 'secp256k1',
    scalar: '0000000000000000000000000000000000000000000000000000000000000001',
    point:
      '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8',
  },
]

function digestOf(hash: string): Uint8Array {
  return createHash(hash).update(message).digest()
}

/** DER of r and s that both have their highest bit set. */
function der(r: string, s: string): Uint8Array {
  const integer = (hex: string) => `02${(hex.length / 2 + 1).toString(16)}00${hex}`
  const body = integer(r) + integer(s)
  return fromHex(`30${(body.length / 2).toString(16)}${body}`)
}

function scalarBytes(number: bigint, bytes: number): Uint8Array {
  return fromHex(number.toString(16).padStart(2 * bytes, '0'))
}

describe.each(known)('ECDSA $curve', ({ curve, scalar, point, signature }) => {
  it('derives the published public key', () => {
    expect(toHex(ecPublicKeyOf(curve, fromHex(scalar)))).toBe(toHex(ecSpki(curve, fromHex(`04${point}`))))
  })

  if (signature) {
    it('verifies the published signature', () => {
      const digest = digestOf(curve === 'P-384' ? 'sha384' : 'sha256')
      expect(verifyEcdsa(curve, ecPublicKeyOf(curve, fromHex(scalar)), digest, der(signature.r, signature.s))).toBe(true)
    })
  }
})

describe.each(curves)('ECDSA $curve', ({ curve, spec, bytes, hash }) => {
  const digest = digestOf(hash)
  const { material, publicKey } = generateEcKey(curve)
  const scalar = material.use(copyBytes)

  it('makes a key pair that fits', () => {
    expect([scalar.length, specOfPublicKey(publicKey)]).toEqual([bytes, spec])
    expect(toHex(ecPublicKeyOf(curve, scalar))).toBe(toHex(publicKey))
    expect(generateEcKey(curve).material.equals(scalar)).toBe(false)
  })

  it('verifies what it signs, whatever the digest', () => {
    const digests = fc.uint8Array({ minLength: bytes, maxLength: bytes })
    const holds = (some: Uint8Array) => verifyEcdsa(curve, publicKey, some, signEcdsa(curve, scalar, some))
    fc.assert(fc.property(digests, holds), { numRuns: 20, examples: [[new Uint8Array(bytes)], [new Uint8Array(bytes).fill(0xff)]] })
  })

  it('signs the digest as it is, with a new nonce each time', () => {
    const signature = signEcdsa(curve, scalar, digest)
    expect(toHex(signEcdsa(curve, scalar, digest))).not.toBe(toHex(signature))
    const again = createHash(hash).update(digest).digest()
    expect(verifyEcdsa(curve, publicKey, again, signature)).toBe(false)
  })

  it('gives signatures with a low and with a high s, and takes both', () => {
    const highs = Array.from({ length: 24 }, () => {
      const signature = signEcdsa(curve, scalar, digest)
      expect(verifyEcdsa(curve, publicKey, digest, signature)).toBe(true)
      const rBytes = signature[3] ?? 0
      return BigInt(`0x${toHex(signature.subarray(6 + rBytes))}`) > orders[curve] / 2n
    })
    expect(new Set(highs)).toEqual(new Set([true, false]))
  })

  it('refuses a signature when anything about it is different', () => {
    const signature = signEcdsa(curve, scalar, digest)
    const longer = Buffer.concat([signature, Uint8Array.of(0)])
    for (const bad of [flipped(signature, 0), flipped(signature, 8), flipped(signature, -1), longer, signature.subarray(0, -1), new Uint8Array(0)]) {
      expect(verifyEcdsa(curve, publicKey, digest, bad)).toBe(false)
    }
    expect(verifyEcdsa(curve, publicKey, flipped(digest, 0), signature)).toBe(false)
    expect(verifyEcdsa(curve, generateEcKey(curve).publicKey, digest, signature)).toBe(false)
  })

  it('takes a point off the curve for a key that fits nothing, and no key of another curve', () => {
    const signature = signEcdsa(curve, scalar, digest)
    expect(verifyEcdsa(curve, ecSpki(curve, flipped(ecPointOf(publicKey), -1)), digest, signature)).toBe(false)
    for (const other of curves.filter((some) => some.curve !== curve)) {
      expect(() => verifyEcdsa(curve, generateEcKey(other.curve).publicKey, digest, signature)).toThrow(RangeError)
    }
  })

  it('takes private keys of 1..n-1 of the right length alone', () => {
    const order = orders[curve]
    for (const number of [1n, order - 1n]) {
      const edge = scalarBytes(number, bytes)
      expect(verifyEcdsa(curve, ecPublicKeyOf(curve, edge), digest, signEcdsa(curve, edge, digest))).toBe(true)
    }
    for (const bad of [scalarBytes(0n, bytes), scalarBytes(order, bytes), scalarBytes(1n, bytes - 8), scalarBytes(1n, bytes + 8), new Uint8Array(0)]) {
      expect(() => ecPublicKeyOf(curve, bad)).toThrow(RangeError)
      expect(() => signEcdsa(curve, bad, digest)).toThrow(RangeError)
    }
  })

  it('signs no digest of another length', () => {
    for (const length of [0, 20, bytes - 1, bytes + 1, 64]) expect(() => signEcdsa(curve, scalar, new Uint8Array(length))).toThrow(RangeError)
  })

  if (getCurves().includes(runtimeNames[curve])) {
    it('agrees with the runtime, which hashes by itself, in both directions', () => {
      const jwk = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }).export({ format: 'jwk' })
      const privateKey = createPrivateKey({ key: { ...jwk, d: Buffer.from(scalar).toString('base64url') }, format: 'jwk' })
      const theirs = createPublicKey(privateKey)
      expect(verifyEcdsa(curve, publicKey, digest, sign(hash, message, privateKey))).toBe(true)
      expect(verify(hash, message, theirs, signEcdsa(curve, scalar, digest))).toBe(true)
    })
  }
})
