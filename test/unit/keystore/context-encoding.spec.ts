import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobAssociatedData, encodeContext, encodeFileContext } from '../../../src-main/keystore/context-encoding'
import { limits } from '../../../src-shared/model/limits'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const name = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', '\u0000', 'é', '密', '🔑') })
const context = fc.dictionary(name, fc.string({ maxLength: 4, unit: 'grapheme' }), { maxKeys: 4, noNullPrototype: true })
const sorted = (value: Record<string, string>) => JSON.stringify(Object.entries(value).sort())
const reversed = (value: Record<string, string>) => Object.fromEntries(Object.entries(value).toReversed())

describe('encryption context as bytes', () => {
  it('is count, then length-prefixed pairs sorted by the UTF-8 bytes of the name', () => {
    expect(hex(encodeContext({ b: '2', a: 'é' }))).toBe(`0002${'000161'}${'0002c3a9'}${'000162'}${'000132'}`)
    expect(hex(encodeContext({}))).toBe('0000')
  })

  it('sorts by bytes, not by UTF-16 units', () => {
    const [astral, privateUse] = ['\u{1f511}', '\uf8ff']
    expect(astral < privateUse).toBe(true)
    expect(hex(encodeContext({ [astral]: '', [privateUse]: '' }))).toBe(`0002${'0003efa3bf0000'}${'0004f09f94910000'}`)
  })

  it('keeps apart what plain concatenation confuses', () => {
    expect(encodeContext({ ab: 'c' })).not.toEqual(encodeContext({ a: 'bc' }))
    expect(encodeContext({ a: '', b: '' })).not.toEqual(encodeContext({ a: 'b' }))
    expect(encodeContext({ a: '' })).not.toEqual(encodeContext({}))
  })

  it('does not depend on the order of the pairs', () => {
    fc.assert(
      fc.property(context, (value) => {
        expect(encodeContext(reversed(value))).toEqual(encodeContext(value))
      }),
    )
  })

  it('is different for different contexts and for different headers', () => {
    const header = fc.constantFrom(Uint8Array.of(1, 0x41), Uint8Array.of(1, 0x42), Uint8Array.of(2, 0x41, 0x42))
    fc.assert(
      fc.property(context, context, header, header, (a, b, ha, hb) => {
        const same = sorted(a) === sorted(b) && hex(ha) === hex(hb)
        expect(hex(blobAssociatedData(ha, a)) === hex(blobAssociatedData(hb, b))).toBe(same)
      }),
      { numRuns: 1000 },
    )
  })

  it('takes the longest context there is', () => {
    const bytes = encodeContext({ n: '密'.repeat(limits.contextChars - 1) })
    expect(bytes.length).toBe(2 + 3 + 2 + 3 * (limits.contextChars - 1))
  })

  it('is empty for a file without context', () => {
    expect(encodeFileContext({})).toHaveLength(0)
    expect(encodeFileContext({ a: 'b' })).toEqual(encodeContext({ a: 'b' }))
  })
})
