import fc from 'fast-check'
import { sm2 as peer } from 'sm-crypto-v2'
import { describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../../../src-main/crypto/bytes'
import { generateSm2, signSm2, sm2Decrypt, sm2Digest, sm2Encrypt, sm2OverheadBytes, sm2PublicKeyOf, verifySm2 } from '../../../src-main/crypto/sm2'
import { sm3 } from '../../../src-main/crypto/sm3'
import { ecPointOf, ecSpki } from '../../../src-main/crypto/spki'
import { botanCases } from '../../support/botan'
import { flipped } from '../../support/flipped'
import { standardNumbers } from '../../support/gbt'
import { fromHex, toHex } from '../../support/wycheproof'

const { sm2_sign: signed, sm2_encrypt: encrypted } = standardNumbers
const order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const scalar = fromHex(signed.private)
const publicKey = sm2PublicKeyOf(scalar)
const integer = (hex: string) => (/^[89a-f]/i.test(hex) ? `022100${hex}` : `0220${hex}`)
const sequence = (body: string) => `30${(body.length / 2).toString(16)}${body}`
const standardSignature = sequence(integer(signed.r) + integer(signed.s))
const numberBytes = (number: bigint) => fromHex(number.toString(16).padStart(64, '0'))

describe('SM2 keys', () => {
  it('derives the public key of GB/T 32918.5 as SPKI', () => {
    expect(toHex(publicKey)).toBe(`3059301306072a8648ce3d020106082a811ccf5501822d034200${signed.public.toLowerCase()}`)
  })

  it('makes a key pair that fits, in memory of its own', () => {
    const { material, publicKey: fresh } = generateSm2()
    expect(material.length).toBe(32)
    expect(material.use((bytes) => toHex(sm2PublicKeyOf(bytes)))).toBe(toHex(fresh))
    material.destroy()
  })

  it.each([
    ['zero', numberBytes(0n)],
    ['n-1', numberBytes(order - 1n)],
    ['n', numberBytes(order)],
    ['31 bytes', new Uint8Array(31).fill(1)],
    ['33 bytes', new Uint8Array(33).fill(1)],
  ])('refuses a private key of %s', (_name, bytes) => {
    const digest = new Uint8Array(32)
    for (const use of [() => sm2PublicKeyOf(bytes), () => signSm2(bytes, digest), () => sm2Decrypt(bytes, digest)]) expect(use).toThrow(RangeError)
  })

  it('takes 1 and n-2 as private keys', () => {
    for (const number of [1n, order - 2n]) {
      const key = sm2PublicKeyOf(numberBytes(number))
      expect(toHex(sm2Decrypt(numberBytes(number), sm2Encrypt(key, Uint8Array.of(1, 2))))).toBe('0102')
    }
  })

  it('refuses a public key whose point is not on the curve', () => {
    const wrong = ecSpki('SM2', flipped(ecPointOf(publicKey), 64))
    for (const use of [() => sm2Encrypt(wrong, utf8('x')), () => sm2Digest(wrong, utf8('x')), () => verifySm2(wrong, new Uint8Array(32), fromHex(standardSignature))]) {
      expect(use).toThrow(RangeError)
    }
  })
})

describe('SM2 signatures', () => {
  const digest = fromHex(signed.e)

  it('gives the digest e of GB/T 32918.5, ZA included, and accepts its signature', () => {
    expect(toHex(sm2Digest(publicKey, utf8(signed.message_utf8), signed.id))).toBe(signed.e.toLowerCase())
    expect(toHex(sm2Digest(publicKey, utf8(signed.message_utf8)))).toBe(signed.e.toLowerCase())
    expect(toHex(sm2Digest(publicKey, utf8(signed.message_utf8), 'ALICE123@YAHOO.COM'))).not.toBe(signed.e.toLowerCase())
    expect(verifySm2(publicKey, digest, fromHex(standardSignature))).toBe(true)
  })

  it('signs so that it and another implementation accept, and never the same way twice', () => {
    const point = signed.public
    const signatures = Array.from({ length: 20 }, () => signSm2(scalar, digest))
    for (const signature of signatures) {
      expect(verifySm2(publicKey, digest, signature)).toBe(true)
      expect(peer.doVerifySignature(digest, toHex(signature) ?? '', point, { der: true })).toBe(true)
    }
    expect(new Set(signatures.map(toHex)).size).toBe(20)
  })

  it('accepts what another implementation signs', () => {
    for (let round = 0; round < 10; round++) {
      const signature = peer.doSignature(digest, signed.private, { der: true })
      expect(verifySm2(publicKey, digest, fromHex(signature))).toBe(true)
    }
  })

  it('refuses another digest, key or signature', () => {
    const signature = signSm2(scalar, digest)
    const { material, publicKey: other } = generateSm2()
    material.destroy()
    expect(verifySm2(publicKey, flipped(digest, 0), signature)).toBe(false)
    expect(verifySm2(publicKey, digest.subarray(1), signature)).toBe(false)
    expect(verifySm2(other, digest, signature)).toBe(false)
    signature.forEach((_, index) => expect(verifySm2(publicKey, digest, flipped(signature, index))).toBe(false))
  })

  it('refuses to sign what is not 32 bytes', () => {
    expect(() => signSm2(scalar, digest.subarray(1))).toThrow(RangeError)
  })

  const n = order.toString(16)
  const [r, s] = [integer(signed.r), integer(signed.s)]
  it.each([
    ['nothing', ''],
    ['r and s without DER', signed.r + signed.s],
    ['a byte after the end', `${standardSignature}00`],
    ['a byte inside the sequence after s', sequence(`${r}${s}00`)],
    ['a long form length', `3081${standardSignature.slice(2)}`],
    ['a length of no end', `3080${r}${s}0000`],
    ['an r with a needless zero', sequence(`02220000${signed.r}${s}`)],
    ['a negative r', sequence(`0220${signed.r}${s}`)],
    ['r = 0', sequence(`020100${s}`)],
    ['s = 0', sequence(`${r}020100`)],
    ['r = n', sequence(integer(n) + s)],
    ['s = n', sequence(r + integer(n))],
    ['s + n', sequence(`${r}0221${(BigInt(`0x${signed.s}`) + order).toString(16).padStart(66, '0')}`)],
    ['r + s = n', sequence(r + integer((order - BigInt(`0x${signed.r}`)).toString(16).padStart(64, '0')).replace('0220000', '021f00'))],
  ])('refuses %s', (_name, hex) => {
    expect(verifySm2(publicKey, digest, fromHex(hex))).toBe(false)
  })
})

describe('SM2 encryption', () => {
  const message = utf8(encrypted.message_utf8)
  const standard = fromHex(encrypted.c1 + encrypted.c3 + encrypted.c2)
  const asn1 = fromHex(encrypted.asn1_gmt0009)

  it('opens the ciphertext of GB/T 32918.5 as C1C3C2 and in ASN.1', () => {
    expect(sm2Decrypt(scalar, standard)).toEqual(message)
    expect(sm2Decrypt(scalar, asn1)).toEqual(message)
  })

  it('opens what it and what another implementation encrypts, the longest plaintext of the service included', () => {
    for (const length of [1, 2, 31, 32, 33, 64, 1000, 6047]) {
      const plaintext = new Uint8Array(length).fill(length & 0xff)
      const ciphertext = sm2Encrypt(publicKey, plaintext)
      expect(ciphertext).toHaveLength(length + sm2OverheadBytes)
      expect(sm2Decrypt(scalar, ciphertext)).toEqual(plaintext)
      expect(sm2Decrypt(scalar, fromHex(`04${peer.doEncrypt(plaintext, signed.public, 1)}`))).toEqual(plaintext)
      expect(sm2Decrypt(scalar, fromHex(peer.doEncrypt(plaintext, signed.public, 1, { asn1: true })))).toEqual(plaintext)
    }
  })

  it('is opened by another implementation', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 })
    const opens = (plaintext: Uint8Array): boolean => {
      const ciphertext = toHex(sm2Encrypt(publicKey, plaintext).subarray(1)) ?? ''
      return toHex(peer.doDecrypt(ciphertext, signed.private, 1, { output: 'array' })) === toHex(plaintext)
    }
    fc.assert(fc.property(bytes, opens), { numRuns: 30 })
  })

  it('encrypts single bytes many times over, where the key stream may be zero', () => {
    for (let round = 0; round < 300; round++) expect(toHex(sm2Decrypt(scalar, sm2Encrypt(publicKey, Uint8Array.of(7))))).toBe('07')
  })

  it('refuses a ciphertext whose key stream is zero although the digest fits', () => {
    const one = numberBytes(1n)
    for (;;) {
      const { material, publicKey: random } = generateSm2()
      material.destroy()
      // To the private key 1 the point of the ciphertext is the shared point itself.
      const point = ecPointOf(random)
      if (sm3(point.subarray(1), Uint8Array.of(0, 0, 0, 1))[0] !== 0) continue
      const digest = sm3(point.subarray(1, 33), Uint8Array.of(7), point.subarray(33))
      expect(sm2Decrypt(one, concatBytes(point, digest, Uint8Array.of(7)))).toBeNull()
      return
    }
  })

  it('refuses an empty plaintext', () => {
    expect(() => sm2Encrypt(publicKey, new Uint8Array(0))).toThrow(RangeError)
  })

  it('gives null for every changed byte and every cut', () => {
    standard.forEach((_, index) => expect(sm2Decrypt(scalar, flipped(standard, index))).toBeNull())
    standard.forEach((_, length) => expect(sm2Decrypt(scalar, standard.subarray(0, length))).toBeNull())
    asn1.forEach((_, index) => expect(sm2Decrypt(scalar, flipped(asn1, index))).toBeNull())
    asn1.forEach((_, length) => expect(sm2Decrypt(scalar, asn1.subarray(0, length))).toBeNull())
  })

  it('gives null for another key, a longer text, the order C1C2C3 and a compressed point', () => {
    const { material } = generateSm2()
    expect(material.use((other) => sm2Decrypt(other, standard))).toBeNull()
    material.destroy()
    expect(sm2Decrypt(scalar, fromHex(`${toHex(standard)}00`))).toBeNull()
    expect(sm2Decrypt(scalar, fromHex(`${toHex(asn1)}00`))).toBeNull()
    expect(sm2Decrypt(scalar, fromHex(encrypted.c1 + encrypted.c2 + encrypted.c3))).toBeNull()
    const parity = Number.parseInt(encrypted.c1.slice(-1), 16) % 2
    expect(sm2Decrypt(scalar, fromHex(`0${2 + parity}${encrypted.c1.slice(2, 66)}${encrypted.c3}${encrypted.c2}`))).toBeNull()
  })

  it('refuses all 5 Botan ciphertexts, whose points lie on the example curve of 2010', () => {
    const cases = botanCases<'P' | 'x' | 'Ciphertext'>('sm2_enc', 'Ciphertext')
    expect(cases).toHaveLength(5)
    for (const test of cases) {
      expect(test.P).toBe('0x8542D69E4C044F18E8B92435BF6FF7DE457283915C45517D722EDB8B08F1DFC3')
      expect(sm2Decrypt(fromHex(test.x.slice(2)), fromHex(test.Ciphertext))).toBeNull()
    }
  })
})
