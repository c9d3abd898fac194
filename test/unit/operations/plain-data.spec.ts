import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPlainData } from '../../../src-main/operations/plain-data'
import { zeroBytesIn } from '../../../src-main/operations/zero-bytes'

const refused = expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error

describe('checkPlainData', () => {
  test('takes what the contract is made of', () => {
    const request = { text: 'x', count: 1, flag: true, nothing: null, absent: undefined, bytes: Uint8Array.of(1), list: [{ deep: ['y'] }] }
    expect(() => checkPlainData(request)).not.toThrow()
    expect(() => checkPlainData(Object.assign(Object.create(null) as object, { text: 'x' }))).not.toThrow()
  })

  test.each([
    ['a symbol key', { [Symbol('x')]: 1 }],
    ['a big integer', { x: 1n }],
    ['shared memory', { x: new Uint8Array(new SharedArrayBuffer(4)) }],
    ['another array of bytes', { x: new Float64Array(4) }],
    ['an own prototype', Object.create({ keyId: 'x' }) as unknown],
    ['a very long text', { x: 'y'.repeat(5 * 1024 * 1024) }],
    ['a very long name', { ['y'.repeat(5 * 1024 * 1024)]: 1 }],
    ['many bytes', { x: new Uint8Array(2 * 1024 * 1024) }],
    ['many values', { x: Array.from({ length: 100_001 }, () => 0) }],
  ])('refuses %s', (_name, value) => {
    expect(() => checkPlainData(value)).toThrowError(refused)
  })

  test('a proxy that throws is refused, too', () => {
    const trap = () => {
      throw new Error('trapped')
    }
    expect(() => checkPlainData(new Proxy({}, { ownKeys: trap, getPrototypeOf: trap }))).toThrowError(refused)
  })

  test('a cycle ends', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(() => checkPlainData(cycle)).toThrowError(refused)
  })
})

describe('zeroBytesIn', () => {
  test('finds every byte array of any plain value', () => {
    const leaf = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.string(), fc.integer(), fc.constant(null))
    const value = fc.letrec((tie) => ({
      node: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 })),
    })).node
    const anyByte = (item: unknown): boolean => {
      if (item instanceof Uint8Array) return item.some((byte) => byte !== 0)
      return typeof item === 'object' && item !== null && Object.values(item).some(anyByte)
    }
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), (item) => {
        zeroBytesIn(item)
        expect(anyByte(item)).toBe(false)
      }),
    )
  })

  test('leaves alone what it cannot look into', () => {
    const trap = () => {
      throw new Error('trapped')
    }
    expect(() => zeroBytesIn(new Proxy({}, { ownKeys: trap }))).not.toThrow()
    expect(() => zeroBytesIn(undefined)).not.toThrow()
  })
})
