import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, equalBytes, u16, u32, u64, utf8, zero } from '../../../src-main/crypto/bytes'
import { hmacSha256 } from '../../../src-main/crypto/hmac'
import { randomBytesOf, uuid } from '../../../src-main/crypto/random'

describe('bytes', () => {
  it('joins parts in order, in memory of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }), (parts) => {
        const joined = concatBytes(...parts)
        expect([...joined]).toEqual(parts.flatMap((part) => [...part]))
        expect(joined.buffer.byteLength).toBe(joined.length)
      }),
    )
  })

  it('compares content and length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (a, b) => {
        expect(equalBytes(a, b)).toBe([...a].join() === [...b].join())
        expect(equalBytes(a, a.slice())).toBe(true)
      }),
    )
  })

  it('writes integers most significant byte first', () => {
    expect([...u16(0x0102)]).toEqual([1, 2])
    expect([...u32(0xfffefdfc)]).toEqual([255, 254, 253, 252])
    expect([...u64(2 ** 40 + 5)]).toEqual([0, 0, 1, 0, 0, 0, 0, 5])
    expect([...u64(2n ** 64n - 1n)]).toEqual(Array(8).fill(255))
  })

  it.each([
    ['u16', () => u16(65_536)],
    ['u16 below zero', () => u16(-1)],
    ['u32', () => u32(2 ** 32)],
    ['u32 of a fraction', () => u32(1.5)],
    ['u64 above exact numbers', () => u64(2 ** 53)],
    ['u64', () => u64(2n ** 64n)],
    ['u64 below zero', () => u64(-1)],
  ])('refuses what does not fit: %s', (_name, write) => {
    expect(write).toThrow(RangeError)
  })

  it('encodes text as UTF-8', () => {
    expect([...utf8('aé钥')]).toEqual([0x61, 0xc3, 0xa9, 0xe9, 0x92, 0xa5])
  })

  it('zeroes every buffer and skips what is missing', () => {
    const [first, second] = [Uint8Array.of(1, 2), Uint8Array.of(3)]
    zero(first, null, undefined, second)
    expect([...first, ...second]).toEqual([0, 0, 0])
  })
})

describe('HMAC', () => {
  it('takes parts as one message', () => {
    const key = randomBytesOf(32)
    expect(hmacSha256(key, utf8('ab'), utf8('c'))).toEqual(hmacSha256(key, utf8('abc')))
  })
})

describe('random', () => {
  it('fills memory of its own with bytes that do not repeat', () => {
    const drawn = Array.from({ length: 200 }, () => randomBytesOf(16))
    expect(new Set(drawn.map((bytes) => bytes.join())).size).toBe(200)
    expect(drawn.every((bytes) => bytes.buffer.byteLength === 16)).toBe(true)
  })

  it('makes version 4 UUIDs', () => {
    expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
