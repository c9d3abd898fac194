import { describe, expect, it } from 'vitest'
import { decryptAesGcm, encryptAesGcm } from '../../../src-main/crypto/aes-gcm'
import { hkdfSha256 } from '../../../src-main/crypto/hkdf'
import { hmacSha256, hmacSha512 } from '../../../src-main/crypto/hmac'
import { disagreements, fromHex, toHex, wycheproofCases, type WycheproofCase } from '../../support/wycheproof'

type GcmCase = WycheproofCase<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag'>
type HkdfCase = WycheproofCase<'ikm' | 'salt' | 'info' | 'okm'>
type MacCase = WycheproofCase<'key' | 'msg' | 'tag'>

function decrypt(test: GcmCase): Uint8Array | null {
  return decryptAesGcm(fromHex(test.key), fromHex(test.iv), fromHex(test.ct), fromHex(test.tag), fromHex(test.aad))
}

function encrypt(test: GcmCase): { ciphertext: Uint8Array; tag: Uint8Array } {
  return encryptAesGcm(fromHex(test.key), fromHex(test.iv), fromHex(test.msg), fromHex(test.aad))
}

function encryptsAsWritten(test: GcmCase): boolean {
  const { ciphertext, tag } = encrypt(test)
  return toHex(ciphertext) === test.ct && toHex(tag) === test.tag
}

function throwsRangeError(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch (error) {
    return error instanceof RangeError
  }
}

function derive(test: HkdfCase): string | null {
  try {
    return toHex(hkdfSha256(fromHex(test.ikm), fromHex(test.salt), fromHex(test.info), test.size))
  } catch {
    return null
  }
}

describe('AES-GCM', () => {
  const cases = wycheproofCases<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag'>('aes_gcm')
  const usual = cases.filter((test) => test.ivSize === 96)
  const unusual = cases.filter((test) => test.ivSize !== 96)

  it('reads all 316 tests', () => {
    expect([cases.length, usual.length, unusual.length]).toEqual([316, 197, 119])
  })

  it('decrypts what is valid and refuses what is not, in 197 tests with a 96-bit IV', () => {
    expect(disagreements(usual, (test) => toHex(decrypt(test)) === (test.result === 'valid' ? test.msg : null))).toEqual([])
  })

  it('encrypts to the same bytes exactly when the test is valid, in 197 tests with a 96-bit IV', () => {
    expect(disagreements(usual, (test) => encryptsAsWritten(test) === (test.result === 'valid'))).toEqual([])
  })

  it('refuses both directions in 119 tests with another IV length', () => {
    expect(disagreements(unusual, (test) => throwsRangeError(() => encrypt(test)) && throwsRangeError(() => decrypt(test)))).toEqual([])
  })
})

describe('HKDF-SHA256', () => {
  it('agrees in all 86 tests', () => {
    const cases = wycheproofCases<'ikm' | 'salt' | 'info' | 'okm'>('hkdf_sha256')
    expect(cases).toHaveLength(86)
    expect(disagreements(cases, (test) => derive(test) === (test.result === 'valid' ? test.okm : null))).toEqual([])
  })
})

describe.each([
  ['HMAC-SHA256', 'hmac_sha256', hmacSha256],
  ['HMAC-SHA512', 'hmac_sha512', hmacSha512],
] as const)('%s', (_name, file, hmac) => {
  it('agrees in all 174 tests, truncated tags included', () => {
    const cases: MacCase[] = wycheproofCases<'key' | 'msg' | 'tag'>(file)
    expect(cases).toHaveLength(174)
    const agrees = (test: MacCase): boolean => {
      const tag = hmac(fromHex(test.key), fromHex(test.msg)).subarray(0, test.tagSize / 8)
      return (toHex(tag) === test.tag) === (test.result === 'valid')
    }
    expect(disagreements(cases, agrees)).toEqual([])
  })
})
