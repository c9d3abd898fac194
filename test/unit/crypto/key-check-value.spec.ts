import { describe, expect, it } from 'vitest'
import { keyCheckValue } from '../../../src-main/crypto/key-check-value'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

describe('keyCheckValue', () => {
  // Computed with `openssl enc -aes-N-ecb -nopad` and `-sm4-ecb -nopad` of 16 zero bytes.
  it.each([
    ['AES', '000102030405060708090a0b0c0d0e0f', 'c6a13b'],
    ['AES', '000102030405060708090a0b0c0d0e0f1011121314151617', '916251'],
    ['AES', '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'f29000'],
    ['AES', '00000000000000000000000000000000', '66e94b'],
    ['SM4', '0123456789abcdeffedcba9876543210', '2677f4'],
    ['SM4', '00000000000000000000000000000000', '9f1f7b'],
  ] as const)('of %s with %s is %s', (cipher, key, value) => {
    expect(keyCheckValue(cipher, bytes(key))).toBe(value)
  })

  it.each([
    ['AES', 0],
    ['AES', 15],
    ['AES', 33],
    ['SM4', 24],
  ] as const)('refuses for %s a key of %i bytes', (cipher, length) => {
    expect(() => keyCheckValue(cipher, new Uint8Array(length))).toThrow(RangeError)
  })
})
