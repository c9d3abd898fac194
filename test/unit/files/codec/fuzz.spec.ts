import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHeader, serialiseHeaderBody } from '../../../../src-main/files/codec/header'
import { committingSuite } from '../../../../src-main/files/codec/suites'
import { concatBytes } from '../../../../src-main/crypto/bytes'
import { bytesOfLength, codeOf, open, seal } from '../support'

const field = (maxLength: number) => fc.uint8Array({ maxLength })
const entry = fc.record({ providerId: field(40), providerInfo: field(80), ciphertext: field(100) })
const context = fc.dictionary(fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }), fc.string({ maxLength: 30, unit: 'binary' }), { maxKeys: 8 })
const headers = fc.record({
  suite: fc.constant(committingSuite),
  messageId: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  context: context.filter((pairs) => !('aws-crypto-public-key' in pairs)),
  entries: fc.array(entry, { minLength: 1, maxLength: 16 }),
  frameLength: fc.integer({ min: 1, max: 16 * 1024 * 1024 }),
  commitment: fc.uint8Array({ minLength: 32, maxLength: 32 }),
})

/** Codes with which a mutated file may be refused. */
const refusals = ['FILE_NOT_ENCRYPTED', 'FILE_UNSUPPORTED', 'FILE_MALFORMED', 'FILE_TRUNCATED', 'FILE_TAMPERED']

describe('the header codec', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(headers, (fields) => {
        const body = serialiseHeaderBody(fields)
        const tag = bytesOfLength(16)
        const parsed = parseHeader(concatBytes(body, tag, Uint8Array.of(9, 9)))
        expect(parsed).toMatchObject({ ...fields, context: expect.anything(), entries: expect.anything(), body, tag, length: body.length + 16 })
        expect({ ...parsed?.context }).toEqual({ ...fields.context })
        expect(parsed?.entries.map((found) => [found.providerId, found.providerInfo, found.ciphertext])).toEqual(
          fields.entries.map((written) => [written.providerId, written.providerInfo, written.ciphertext]),
        )
        expect(parsed && serialiseHeaderBody(parsed)).toEqual(body)
      }),
      { numRuns: 100 },
    )
  })

  it('asks for more at every length that is too short', () => {
    fc.assert(
      fc.property(headers, fc.double({ min: 0, max: 0.999, noNaN: true }), (fields, part) => {
        const bytes = concatBytes(serialiseHeaderBody(fields), bytesOfLength(16))
        expect(parseHeader(bytes.subarray(0, Math.max(3, Math.floor(bytes.length * part))))).toBeNull()
      }),
      { numRuns: 100 },
    )
  })
})

describe('a mutated file', () => {
  it('is refused with a code of its own and without large allocations', async () => {
    const { bytes, dataKey } = await seal(bytesOfLength(150), { frameLength: 64, context: { purpose: 'tax', year: '2026' } })
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const mutation = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.nat(bytes.length), async (mutations, cut) => {
        const copy = bytes.slice(0, cut % 3 === 0 ? cut : bytes.length)
        for (const [offset, value] of mutations) if (offset < copy.length) copy[offset] = value
        if (Buffer.compare(copy, bytes) === 0) return
        const code = await codeOf(() => open(copy, dataKey))
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
        expect(refusals).toContain(code)
      }),
      { numRuns: 1500 },
    )
    expect(most).toBeLessThan(64 * 1024 * 1024)
  })

  it('of random bytes behind the magic is refused', async () => {
    const { dataKey } = await seal(new Uint8Array(0))
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (rest) => {
        expect(refusals).toContain(await codeOf(() => open(concatBytes(Uint8Array.of(2, 4, 0x78), rest), dataKey)))
      }),
      { numRuns: 500 },
    )
  })
})
