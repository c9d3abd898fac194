import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decryptAesGcm, encryptAesGcm, openAesGcm, sealAesGcm, sealOverheadBytes } from '../../../src-main/crypto/aes-gcm'
import { randomBytesOf } from '../../../src-main/crypto/random'
import { flipped } from '../../support/flipped'

const key = fc.constantFrom(16, 24, 32).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
const bytes = fc.uint8Array({ maxLength: 300 })

describe('seal and open', () => {
  it('gives back what was sealed', () => {
    fc.assert(
      fc.property(key, bytes, bytes, (k, plaintext, aad) => {
        const sealed = sealAesGcm(k, plaintext, aad)
        expect(sealed.length).toBe(plaintext.length + sealOverheadBytes)
        expect(openAesGcm(k, sealed, aad)).toEqual(plaintext)
      }),
    )
  })

  it('opens nothing after any single bit has changed', () => {
    const k = randomBytesOf(32)
    const aad = Uint8Array.of(1, 2, 3)
    const sealed = sealAesGcm(k, Uint8Array.of(9, 8, 7, 6), aad)
    for (let bit = 0; bit < sealed.length * 8; bit++) expect(openAesGcm(k, flipped(sealed, bit >> 3, bit & 7), aad)).toBeNull()
    for (let bit = 0; bit < aad.length * 8; bit++) expect(openAesGcm(k, sealed, flipped(aad, bit >> 3, bit & 7))).toBeNull()
    for (let bit = 0; bit < 256; bit++) expect(openAesGcm(flipped(k, bit >> 3, bit & 7), sealed, aad)).toBeNull()
  })

  it('opens nothing that is cut at any length', () => {
    const k = randomBytesOf(32)
    const sealed = sealAesGcm(k, randomBytesOf(20), new Uint8Array())
    for (let length = 0; length < sealed.length; length++) expect(openAesGcm(k, sealed.subarray(0, length), new Uint8Array())).toBeNull()
  })

  it('takes a new IV each time', () => {
    const k = randomBytesOf(32)
    const ivs = Array.from({ length: 500 }, () => Buffer.from(sealAesGcm(k, new Uint8Array(), new Uint8Array()).subarray(0, 12)).toString('hex'))
    expect(new Set(ivs).size).toBe(500)
  })
})

describe('encrypt and decrypt', () => {
  it('returns memory that nothing else shares', () => {
    const k = randomBytesOf(32)
    const iv = randomBytesOf(12)
    const { ciphertext, tag } = encryptAesGcm(k, iv, randomBytesOf(40), new Uint8Array())
    const plaintext = decryptAesGcm(k, iv, ciphertext, tag, new Uint8Array())
    for (const output of [ciphertext, tag, plaintext]) expect(output?.buffer.byteLength).toBe(output?.length)
  })

  it('returns plain arrays, whose slice() copies', () => {
    const k = randomBytesOf(32)
    const { ciphertext, tag } = encryptAesGcm(k, randomBytesOf(12), randomBytesOf(8), new Uint8Array())
    expect([Buffer.isBuffer(ciphertext), Buffer.isBuffer(tag)]).toEqual([false, false])
  })

  it.each([0, 8, 11, 13, 16])('refuses an IV of %i bytes', (length) => {
    const [k, iv, none] = [randomBytesOf(32), new Uint8Array(length), new Uint8Array()]
    expect(() => encryptAesGcm(k, iv, none, none)).toThrow(RangeError)
    expect(() => decryptAesGcm(k, iv, none, new Uint8Array(16), none)).toThrow(RangeError)
  })

  it.each([0, 15, 17, 31, 33, 64])('refuses a key of %i bytes', (length) => {
    const none = new Uint8Array()
    expect(() => encryptAesGcm(new Uint8Array(length), new Uint8Array(12), none, none)).toThrow(RangeError)
  })

  it.each([0, 4, 12, 15])('does not accept a tag cut to %i bytes', (length) => {
    const [k, iv, none] = [randomBytesOf(32), randomBytesOf(12), new Uint8Array()]
    const { ciphertext, tag } = encryptAesGcm(k, iv, Uint8Array.of(1), none)
    expect(decryptAesGcm(k, iv, ciphertext, tag.subarray(0, length), none)).toBeNull()
  })
})
