import { describe, expect, it } from 'vitest'
import { decryptAesGcm, encryptAesGcm } from '../../../src-main/crypto/aes-gcm'
import { concatBytes, copyBytes } from '../../../src-main/crypto/bytes'
import { hkdfSha256 } from '../../../src-main/crypto/hkdf'
import { randomBytesOf } from '../../../src-main/crypto/random'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { hmacSm3 } from '../../../src-main/crypto/sm3'
import { decryptSm4Gcm, encryptSm4Gcm } from '../../../src-main/crypto/sm4-gcm'
import { copiesOf, turned } from '../../support/process-memory'

/** Memory that was freed comes back at once from Electron's allocator, where the product runs; plain Node's gives no such order. */
const isElectron = 'electron' in process.versions
const lengths = [24, 33, 64, 65, 200, 1000, 30_000, 65_536, 200_000]

describe('zeroed secrets', () => {
  it('are found while they are there', () => {
    const secret = randomBytesOf(32)
    const needle = turned(secret)
    const [before, copy] = [copiesOf(needle), copyBytes(secret)]
    expect(copiesOf(needle)).toBeGreaterThan(before)
    copy.fill(0)
    secret.fill(0)
  })

  if (isElectron) {
    it.each(lengths)('leave no copy behind after encrypt, decrypt and copies (%i bytes)', (length) => {
      const key = randomBytesOf(32)
      const iv = randomBytesOf(12)
      const plaintext = randomBytesOf(length)
      const needle = turned(plaintext.subarray(-24))
      const aad = new Uint8Array(0)
      const { ciphertext, tag } = encryptAesGcm(key, iv, plaintext, aad)
      const opened = decryptAesGcm(key, iv, ciphertext, tag, aad)
      const joined = concatBytes(plaintext.subarray(0, 1), plaintext.subarray(1))
      const secret = SecretBuffer.take(copyBytes(joined))
      for (const bytes of [plaintext, opened, joined]) bytes?.fill(0)
      secret.clone().destroy()
      secret.destroy()
      expect(copiesOf(needle)).toBe(1)
    })

    it.each(lengths)('leave no copy behind after SM4-GCM and HMAC-SM3 (%i bytes)', (length) => {
      const [key, iv, plaintext] = [randomBytesOf(16), randomBytesOf(12), randomBytesOf(length)]
      const needles = [turned(key), turned(plaintext.subarray(-24))]
      const { ciphertext, tag } = encryptSm4Gcm(key, iv, plaintext, iv)
      const opened = decryptSm4Gcm(key, iv, ciphertext, tag, iv)
      hmacSm3(key, plaintext)
      for (const bytes of [key, plaintext, opened]) bytes?.fill(0)
      expect(needles.map(copiesOf)).toEqual([1, 1])
    })

    it('leave no copy behind after a derivation', () => {
      const key = randomBytesOf(32)
      const needle = turned(key)
      hkdfSha256(key, new Uint8Array(0), new Uint8Array(0), 32).fill(0)
      key.fill(0)
      expect(copiesOf(needle)).toBe(1)
    })
  }
})
