import { constants, createHash, createPrivateKey, createPublicKey, generateKeyPairSync, privateDecrypt, publicEncrypt, sign, verify, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyBytes, utf8 } from '../../../src-main/crypto/bytes'
import {
  generateRsaKey,
  importRsaPrivateKey,
  importRsaPublicKey,
  oaepMaxBytes,
  rsaBits,
  rsaOaepDecrypt,
  rsaOaepEncrypt,
  rsaSizes,
} from '../../../src-main/crypto/rsa'
import { signRsaPkcs1, signRsaPss, verifyRsaPkcs1, verifyRsaPss } from '../../../src-main/crypto/rsa-signature'
import { specOfPublicKey } from '../../../src-main/crypto/spki'
import { flipped } from '../../support/flipped'
import { toHex } from '../../support/wycheproof'

interface Pair {
  material: Uint8Array
  publicKey: Uint8Array
}

const message = utf8('a message')
const digest = createHash('sha256').update(message).digest()
const schemes = [
  { name: 'PKCS#1 v1.5', signWith: signRsaPkcs1, verifyWith: verifyRsaPkcs1, padding: constants.RSA_PKCS1_PADDING },
  { name: 'PSS', signWith: signRsaPss, verifyWith: verifyRsaPss, padding: constants.RSA_PKCS1_PSS_PADDING },
]

async function newPair(bits: (typeof rsaSizes)[number]): Promise<Pair> {
  const { material, publicKey } = await generateRsaKey(bits)
  return { material: material.use(copyBytes), publicKey }
}

function exported({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Pair {
  return { material: privateKey.export({ format: 'der', type: 'pkcs8' }), publicKey: publicKey.export({ format: 'der', type: 'spki' }) }
}

let pair: Pair
let other: Pair
beforeAll(async () => {
  pair = await newPair(2048)
  other = await newPair(2048)
})

const runtimePrivate = () => createPrivateKey({ key: Buffer.from(pair.material), format: 'der', type: 'pkcs8' })
const runtimePublic = () => createPublicKey({ key: Buffer.from(pair.publicKey), format: 'der', type: 'spki' })

describe('RSA keys', () => {
  it.each([
    [2048, 'RSA_2048'],
    [3072, 'RSA_3072'],
    [4096, 'RSA_4096'],
  ] as const)('of %i bits are made, and sign and decrypt', async (bits, spec) => {
    const { material, publicKey } = await newPair(bits)
    expect([rsaBits(publicKey), specOfPublicKey(publicKey)]).toEqual([bits, spec])
    expect(toHex(rsaOaepDecrypt(material, rsaOaepEncrypt(publicKey, message, 'sha256'), 'sha256'))).toBe(toHex(message))
    for (const { signWith, verifyWith } of schemes) {
      const signature = signWith(material, digest)
      expect(signature).toHaveLength(bits / 8)
      expect(verifyWith(publicKey, digest, signature)).toBe(true)
    }
  })

  it('are made without holding up the thread', async () => {
    let turns = 0
    const counting = setInterval(() => turns++, 1)
    await generateRsaKey(4096)
    clearInterval(counting)
    expect(turns).toBeGreaterThan(0)
  })

  it('are read once and used often', () => {
    const [privateKey, publicKey] = [importRsaPrivateKey(pair.material), importRsaPublicKey(pair.publicKey)]
    expect(rsaBits(publicKey)).toBe(2048)
    expect(toHex(rsaOaepDecrypt(privateKey, rsaOaepEncrypt(publicKey, message, 'sha1'), 'sha1'))).toBe(toHex(message))
    for (const { signWith, verifyWith } of schemes) expect(verifyWith(publicKey, digest, signWith(privateKey, digest))).toBe(true)
  })

  it('are refused when they are of another size or kind, or no keys', () => {
    const small = exported(generateKeyPairSync('rsa', { modulusLength: 1024 }))
    const curve = exported(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
    const nothing = { material: new Uint8Array(100), publicKey: new Uint8Array(0) }
    for (const { material, publicKey } of [small, curve, nothing, { material: pair.publicKey, publicKey: pair.material }]) {
      expect(() => importRsaPrivateKey(material)).toThrow(RangeError)
      expect(() => importRsaPublicKey(publicKey)).toThrow(RangeError)
      expect(() => signRsaPss(material, digest)).toThrow(RangeError)
      expect(() => rsaOaepEncrypt(publicKey, message, 'sha256')).toThrow(RangeError)
    }
  })
})

describe.each([
  ['sha256', 190],
  ['sha1', 214],
] as const)('RSAES-OAEP with %s', (hash, maxBytes) => {
  const options = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }

  it('takes plaintexts of 0 bytes to its limit, and no more', () => {
    expect(oaepMaxBytes(2048, hash)).toBe(maxBytes)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: maxBytes }), (plaintext) => {
        const ciphertext = rsaOaepEncrypt(pair.publicKey, plaintext, hash)
        return ciphertext.length === 256 && toHex(rsaOaepDecrypt(pair.material, ciphertext, hash)) === toHex(plaintext)
      }),
      { numRuns: 20 },
    )
    expect(rsaOaepDecrypt(pair.material, rsaOaepEncrypt(pair.publicKey, new Uint8Array(maxBytes), hash), hash)).toHaveLength(maxBytes)
    expect(() => rsaOaepEncrypt(pair.publicKey, new Uint8Array(maxBytes + 1), hash)).toThrow(RangeError)
  })

  it('agrees with the runtime in both directions', () => {
    const theirs = publicEncrypt({ key: runtimePublic(), ...options }, message)
    expect(toHex(rsaOaepDecrypt(pair.material, theirs, hash))).toBe(toHex(message))
    const ours = rsaOaepEncrypt(pair.publicKey, message, hash)
    expect(toHex(privateDecrypt({ key: runtimePrivate(), ...options }, ours))).toBe(toHex(message))
  })

  it('answers null to every failure', () => {
    const ciphertext = rsaOaepEncrypt(pair.publicKey, message, hash)
    const foreign = rsaOaepEncrypt(other.publicKey, message, hash)
    const otherHash = rsaOaepEncrypt(pair.publicKey, message, hash === 'sha1' ? 'sha256' : 'sha1')
    const pkcs1 = publicEncrypt({ key: runtimePublic(), padding: constants.RSA_PKCS1_PADDING }, message)
    const wrongLengths = [new Uint8Array(0), ciphertext.subarray(1), Buffer.concat([ciphertext, Uint8Array.of(0)])]
    const tooLarge = new Uint8Array(256).fill(0xff)
    for (const bad of [flipped(ciphertext, 0), flipped(ciphertext, -1), foreign, otherHash, pkcs1, tooLarge, ...wrongLengths]) {
      expect(rsaOaepDecrypt(pair.material, bad, hash)).toBeNull()
    }
    expect(rsaOaepDecrypt(pair.material, ciphertext, hash, utf8('label'))).toBeNull()
  })
})

describe.each(schemes)('RSA signatures with $name', ({ name, signWith, verifyWith, padding }) => {
  const salt = padding === constants.RSA_PKCS1_PSS_PADDING ? { saltLength: 32 } : {}

  it('agree with the runtime, which hashes by itself, in both directions', () => {
    expect(verify('sha256', message, { key: runtimePublic(), padding, ...salt }, signWith(pair.material, digest))).toBe(true)
    expect(verifyWith(pair.publicKey, digest, sign('sha256', message, { key: runtimePrivate(), padding, ...salt }))).toBe(true)
  })

  it('are refused when anything about them is different', () => {
    const signature = signWith(pair.material, digest)
    for (const index of [0, 100, -1]) expect(verifyWith(pair.publicKey, digest, flipped(signature, index))).toBe(false)
    for (const bad of [new Uint8Array(0), signature.subarray(1), Buffer.concat([Uint8Array.of(0), signature]), new Uint8Array(256), new Uint8Array(256).fill(0xff)]) {
      expect(verifyWith(pair.publicKey, digest, bad)).toBe(false)
    }
    expect(verifyWith(pair.publicKey, flipped(digest, 0), signature)).toBe(false)
    expect(verifyWith(other.publicKey, digest, signature)).toBe(false)
    for (const scheme of schemes) expect(scheme.verifyWith(pair.publicKey, digest, signature)).toBe(scheme.name === name)
  })

  it('take digests of 32 bytes alone', () => {
    for (const length of [0, 20, 31, 33, 64]) {
      expect(() => signWith(pair.material, new Uint8Array(length))).toThrow(RangeError)
      expect(() => verifyWith(pair.publicKey, new Uint8Array(length), new Uint8Array(256))).toThrow(RangeError)
    }
  })
})

describe('RSA-PSS', () => {
  it('salts each signature anew, and expects a salt of the length that is asked for', () => {
    const signature = signRsaPss(pair.material, digest)
    expect(toHex(signRsaPss(pair.material, digest))).not.toBe(toHex(signature))
    expect([0, 31, 32, 33].map((bytes) => verifyRsaPss(pair.publicKey, digest, signature, bytes))).toEqual([false, false, true, false])
  })
})
