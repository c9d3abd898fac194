import { describe, expect, it } from 'vitest'
import { decryptAesGcm, encryptAesGcm } from '../../../src-main/crypto/aes-gcm'
import { hkdfSha256 } from '../../../src-main/crypto/hkdf'
import { hmacSha256, hmacSha512 } from '../../../src-main/crypto/hmac'
import { testGcmCases } from '../../support/gcm-cases'
import { disagreements, fromHex, toHex, wycheproofCases, type WycheproofCase } from '../../support/wycheproof'

type HkdfCase = WycheproofCase<'ikm' | 'salt' | 'info' | 'okm'>
type MacCase = WycheproofCase<'key' | 'msg' | 'tag'>

function derive(test: HkdfCase): string | null {
  try {
    return toHex(hkdfSha256(fromHex(test.ikm), fromHex(test.salt), fromHex(test.info), test.size))
  } catch {
    return null
  }
}

describe('AES-GCM', () => {
  testGcmCases('aes_gcm', { encrypt: encryptAesGcm, decrypt: decryptAesGcm }, { usual: 197, unusual: 119 })
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
