import fc from 'fast-check'
import { sm3 as peer } from 'sm-crypto-v2'
import { describe, expect, it } from 'vitest'
import { copyBytes, utf8 } from '../../../src-main/crypto/bytes'
import { hmacSm3, sm3 } from '../../../src-main/crypto/sm3'
import { botanCases } from '../../support/botan'
import { standardNumbers } from '../../support/gbt'
import { fromHex, toHex, wycheproofCases } from '../../support/wycheproof'

describe('SM3', () => {
  it('gives the 2 digests of GB/T 32905', () => {
    expect(standardNumbers.sm3).toHaveLength(2)
    for (const { message_utf8: message, digest } of standardNumbers.sm3) expect(toHex(sm3(utf8(message)))).toBe(digest)
  })

  it('gives the digests of all 139 Botan tests', () => {
    const cases = botanCases<'In' | 'Out'>('sm3', 'Out')
    expect(cases).toHaveLength(139)
    expect(cases.filter((test) => toHex(sm3(fromHex(test.In))) !== test.Out.toLowerCase())).toEqual([])
  })

  it('takes a message in parts of any length', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 })
    fc.assert(fc.property(parts, (some) => toHex(sm3(...some)) === peer(Buffer.concat(some))), { numRuns: 300 })
  })

  it('gives memory of its own and leaves the message as it is', () => {
    const message = utf8('message')
    const before = copyBytes(message)
    const digest = sm3(message)
    expect(digest.buffer.byteLength).toBe(32)
    expect(message).toEqual(before)
  })
})

describe('HMAC-SM3', () => {
  it('agrees in all 174 Wycheproof tests, truncated tags included', () => {
    const cases = wycheproofCases<'key' | 'msg' | 'tag'>('hmac_sm3')
    expect(cases).toHaveLength(174)
    const wrong = cases.filter((test) => {
      const tag = hmacSm3(fromHex(test.key), fromHex(test.msg)).subarray(0, test.tagSize / 8)
      return (toHex(tag) === test.tag) !== (test.result === 'valid')
    })
    expect(wrong.map(({ tcId }) => tcId)).toEqual([])
  })

  it('takes a key longer than a block as its digest, and a message in parts', () => {
    const key = new Uint8Array(100).fill(7)
    const whole = hmacSm3(key, utf8('some message'))
    expect(toHex(whole)).toBe(toHex(hmacSm3(sm3(key), utf8('some '), utf8('message'))))
    expect(key.every((byte) => byte === 7)).toBe(true)
  })
})
