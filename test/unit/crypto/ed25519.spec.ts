import { createHash } from 'node:crypto'
import { ed25519, ed25519ph } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyBytes, utf8 } from '../../../src-main/crypto/bytes'
import { generateEcKey } from '../../../src-main/crypto/ecdsa'
import {
  ed25519PublicKeyOf,
  generateEd25519,
  importEd25519PrivateKey,
  importEd25519PublicKey,
  signEd25519,
  signEd25519ph,
  verifyEd25519,
  verifyEd25519ph,
} from '../../../src-main/crypto/ed25519'
import { ed25519KeyOf, ed25519Spki, specOfPublicKey } from '../../../src-main/crypto/spki'
import { flipped } from '../../support/flipped'
import { fromHex, toHex } from '../../support/wycheproof'

const sha512 = (message: Uint8Array): Uint8Array => createHash('sha512').update(message).digest()
const abc = sha512(utf8('abc'))

/** RFC 8032 7.1, tests 1 to 3 and "SHA(abc)". */
const published = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
  {
    seed: '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    key: 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    message: toHex(abc) ?? '',
    signature:
      'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  },
]

/** RFC 8032 7.3, "abc". */
const publishedPh =
  '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406'

const { material, publicKey } = generateEd25519()
const seed = material.use(copyBytes)
const order = ed25519.Point.Fn.ORDER

/** The signature with the order added to S: the same equation holds, but S is no longer below the order. */
function malleated(signature: Uint8Array): Uint8Array {
  const bytes = Buffer.from(signature)
  const s = BigInt(`0x${toHex(bytes.subarray(32).reverse())}`) + order
  return Uint8Array.from([...signature.subarray(0, 32), ...fromHex(s.toString(16).padStart(64, '0')).reverse()])
}

describe('Ed25519 keys', () => {
  it('are made as a seed and an SPKI that fits', () => {
    expect([seed.length, specOfPublicKey(publicKey)]).toEqual([32, 'Ed25519'])
    expect(toHex(ed25519PublicKeyOf(seed))).toBe(toHex(publicKey))
    expect(toHex(ed25519KeyOf(publicKey))).toBe(toHex(ed25519.getPublicKey(seed)))
    expect(generateEd25519().material.equals(seed)).toBe(false)
  })

  it('are refused when the seed has not 32 bytes or the public key is of another kind', () => {
    for (const bad of [new Uint8Array(0), seed.subarray(1), new Uint8Array(33), new Uint8Array(64)]) {
      for (const use of [importEd25519PrivateKey, ed25519PublicKeyOf]) expect(() => use(bad)).toThrow(RangeError)
      expect(() => signEd25519(bad, abc)).toThrow(RangeError)
      expect(() => signEd25519ph(bad, abc)).toThrow(RangeError)
    }
    for (const bad of [generateEcKey('P-256').publicKey, ed25519KeyOf(publicKey), new Uint8Array(0)]) {
      expect(() => verifyEd25519(bad, abc, new Uint8Array(64))).toThrow(RangeError)
      expect(() => verifyEd25519ph(bad, abc, new Uint8Array(64))).toThrow(RangeError)
    }
  })
})

describe('Ed25519', () => {
  it.each(published)('gives the key and the signature of RFC 8032 ($message)', ({ seed: givenSeed, key, message, signature }) => {
    expect(toHex(ed25519PublicKeyOf(fromHex(givenSeed)))).toBe(toHex(ed25519Spki(fromHex(key))))
    expect(toHex(signEd25519(fromHex(givenSeed), fromHex(message)))).toBe(signature)
    expect(verifyEd25519(ed25519Spki(fromHex(key)), fromHex(message), fromHex(signature))).toBe(true)
  })

  it('works with keys that were read once', () => {
    const signature = signEd25519(importEd25519PrivateKey(seed), abc)
    expect(toHex(signature)).toBe(toHex(signEd25519(seed, abc)))
    expect(verifyEd25519(importEd25519PublicKey(publicKey), abc, signature)).toBe(true)
  })
})

describe('Ed25519ph', () => {
  it('gives the signature of RFC 8032 ("abc")', () => {
    const [, , , { seed: givenSeed, key } = { seed: '', key: '' }] = published
    expect(toHex(signEd25519ph(fromHex(givenSeed), abc))).toBe(publishedPh)
    expect(verifyEd25519ph(ed25519Spki(fromHex(key)), abc, fromHex(publishedPh))).toBe(true)
  })

  it('gives the signatures of another implementation, which hashes by itself', () => {
    const holds = (message: Uint8Array) => toHex(signEd25519ph(seed, sha512(message))) === toHex(ed25519ph.sign(message, seed))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), holds), { numRuns: 30 })
  })

  it('takes digests of 64 bytes alone', () => {
    for (const length of [0, 32, 63, 65]) {
      expect(() => signEd25519ph(seed, new Uint8Array(length))).toThrow(RangeError)
      expect(() => verifyEd25519ph(publicKey, new Uint8Array(length), new Uint8Array(64))).toThrow(RangeError)
    }
  })
})

describe.each([
  { name: 'Ed25519', signWith: signEd25519, verifyWith: verifyEd25519, other: verifyEd25519ph },
  { name: 'Ed25519ph', signWith: signEd25519ph, verifyWith: verifyEd25519ph, other: verifyEd25519 },
])('signatures of $name', ({ signWith, verifyWith, other }) => {
  const signature = signWith(seed, abc)

  it('verify with their own algorithm alone', () => {
    expect(verifyWith(publicKey, abc, signature)).toBe(true)
    expect(other(publicKey, abc, signature)).toBe(false)
  })

  it('are refused when anything about them is different', () => {
    const longer = Buffer.concat([signature, Uint8Array.of(0)])
    for (const bad of [flipped(signature, 0), flipped(signature, 32), flipped(signature, -1), signature.subarray(1), longer, new Uint8Array(0)]) {
      expect(verifyWith(publicKey, abc, bad)).toBe(false)
    }
    expect(verifyWith(publicKey, flipped(abc, 0), signature)).toBe(false)
    expect(verifyWith(generateEd25519().publicKey, abc, signature)).toBe(false)
  })

  it('are refused with an S that is not below the order', () => {
    expect(verifyWith(publicKey, abc, malleated(signature))).toBe(false)
  })

  it('are refused for a key that is no point', () => {
    const noPoint = Uint8Array.of(2, ...new Uint8Array(31))
    expect(ed25519.utils.isValidPublicKey(noPoint)).toBe(false)
    expect(verifyWith(ed25519Spki(noPoint), abc, signature)).toBe(false)
  })
})
