import { hkdfSync } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../../../src-main/crypto/bytes'
import { hkdfSha256, hkdfSha512 } from '../../../src-main/crypto/hkdf'

/** The runtime's own. */
function referenceHkdf(hash: string, ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(hkdfSync(hash, ikm, salt, info, length))
}

describe.each([
  ['sha256', hkdfSha256, 32],
  ['sha512', hkdfSha512, 64],
] as const)('HKDF with %s', (hash, hkdf, hashBytes) => {
  it('is extract and expand of RFC 5869', () => {
    const bytes = fc.uint8Array({ maxLength: 150 })
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 400 }), (ikm, salt, info, length) => {
        expect(hkdf(ikm, salt, info, length)).toEqual(referenceHkdf(hash, ikm, salt, info, length))
      }),
    )
  })

  it('refuses more than 255 blocks', () => {
    const key = new Uint8Array(32)
    expect(hkdf(key, key, key, 255 * hashBytes)).toHaveLength(255 * hashBytes)
    expect(() => hkdf(key, key, key, 255 * hashBytes + 1)).toThrow(RangeError)
  })

  it('returns memory that nothing else shares', () => {
    const derived = hkdf(new Uint8Array(32), new Uint8Array(), utf8('record key'), 32)
    expect(derived.buffer.byteLength).toBe(32)
  })
})

describe('keys of an encrypted file', () => {
  // Test 1 of commitment-test-vectors.json, aws/aws-encryption-sdk-python @ 51089773be9578ef844dd208c119acd54b2d8a14, Apache-2.0.
  const dataKey = Buffer.from('+p6+whPVw9kOrYLZFMRBJ2n6Vli6T/7TkjDouS+25s0=', 'base64')
  const messageId = Buffer.from('TfvRMU2dVZJbgXIyxeNtbj5eIw8BiTDiwsHyQ/Z9wXk=', 'base64')

  it('are those of another implementation', () => {
    const suite = Uint8Array.of(0x04, 0x78)
    const contentKey = hkdfSha512(dataKey, messageId, concatBytes(suite, utf8('DERIVEKEY')), 32)
    const commitment = hkdfSha512(dataKey, messageId, utf8('COMMITKEY'), 32)
    expect(Buffer.from(contentKey).toString('base64')).toBe('V67301yMJtk0jxOc3QJeBac6uKxO3XylWtkKTYmUU+M=')
    expect(Buffer.from(commitment).toString('base64')).toBe('F88I9zPbUQSfOlzLXv+uIY2+m/E6j2PMsbgeHVH/L0w=')
  })
})
