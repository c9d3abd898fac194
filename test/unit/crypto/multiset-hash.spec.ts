import { createCipheriv, hkdfSync } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MultisetHash } from '../../../src-main/crypto/multiset-hash'

const key = new Uint8Array(32).fill(7)
const element = fc.uint8Array({ minLength: 1, maxLength: 24 })
const elements = fc.array(element, { maxLength: 20 })

function hashOf(items: readonly Uint8Array[], initial?: Uint8Array): MultisetHash {
  const hash = new MultisetHash(key, initial)
  for (const item of items) hash.add(item)
  return hash
}

describe('MultisetHash', () => {
  it('does not depend on the order', () => {
    const shuffled = elements.chain((items) => fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })))
    fc.assert(
      fc.property(shuffled, ([items, other]) => {
        expect(hashOf(other).value()).toEqual(hashOf(items).value())
      }),
    )
  })

  it('removes what was added, wherever that happened', () => {
    fc.assert(
      fc.property(elements, element, elements, (before, extra, after) => {
        const hash = hashOf([...before, extra, ...after])
        hash.remove(extra)
        expect(hash.equals(hashOf([...before, ...after]).value())).toBe(true)
      }),
    )
  })

  it('removes before adding just the same', () => {
    fc.assert(
      fc.property(elements, element, (items, extra) => {
        const hash = new MultisetHash(key)
        hash.remove(extra)
        for (const item of [...items, extra]) hash.add(item)
        expect(hash.value()).toEqual(hashOf(items).value())
      }),
    )
  })

  it('goes on from a stored value', () => {
    fc.assert(
      fc.property(elements, elements, (first, second) => {
        expect(hashOf(second, hashOf(first).value()).value()).toEqual(hashOf([...first, ...second]).value())
      }),
    )
  })

  it('differs when an element is missing, doubled or another one', () => {
    fc.assert(
      fc.property(elements, element, element, (items, extra, other) => {
        fc.pre(extra.join() !== other.join())
        const value = hashOf([...items, extra]).value()
        for (const changed of [items, [...items, extra, extra], [...items, other]]) expect(hashOf(changed).equals(value)).toBe(false)
      }),
    )
  })

  it('differs under another key and is zero for the empty multiset', () => {
    const other = new MultisetHash(new Uint8Array(32).fill(8))
    other.add(Uint8Array.of(1))
    expect(hashOf([Uint8Array.of(1)]).equals(other.value())).toBe(false)
    expect(new MultisetHash(key).value()).toEqual(new Uint8Array(32))
  })

  it('hands out copies and copies what it is given', () => {
    const own = Uint8Array.from(key)
    const hash = new MultisetHash(own)
    own.fill(0)
    hash.add(Uint8Array.of(1))
    hash.value().fill(0)
    expect(hash.value()).toEqual(hashOf([Uint8Array.of(1)]).value())
  })

  it('adds packed elements as it adds them one by one', () => {
    const packed = fc.integer({ min: 1, max: 31 }).chain((size) => fc.array(fc.uint8Array({ minLength: size, maxLength: size }), { maxLength: 20 }).map((items) => ({ size, items })))
    fc.assert(
      fc.property(packed, ({ size, items }) => {
        const hash = new MultisetHash(key)
        hash.addAll(Uint8Array.from(items.flatMap((item) => [...item])), size)
        expect(hash.value()).toEqual(hashOf(items).value())
      }),
    )
  })

  it('is the sum of the documented terms', () => {
    const derive = (info: string) => Buffer.from(hkdfSync('sha256', key, '', info, 32))
    const encrypt = (derived: Buffer, block: Buffer) => {
      const cipher = createCipheriv('aes-256-ecb', derived, null).setAutoPadding(false)
      return Buffer.concat([cipher.update(block), cipher.final()])
    }
    const element = Buffer.from('a row head of 26 bytes....')
    const padded = Buffer.concat([element, Buffer.from([0x80]), Buffer.alloc(5)])
    const inner = encrypt(derive('multiset-hash mac'), padded.subarray(0, 16)).map((byte, index) => byte ^ (padded[16 + index] ?? 0))
    const mac = encrypt(derive('multiset-hash mac'), Buffer.from(inner))
    const flipped = Buffer.from(mac.map((byte, index) => (index === 15 ? byte ^ 1 : byte)))
    const term = Buffer.concat([encrypt(derive('multiset-hash expand'), mac), encrypt(derive('multiset-hash expand'), flipped)])
    const twice = (BigInt(`0x${term.toString('hex')}`) * 2n) % 2n ** 256n
    expect(Buffer.from(hashOf([element, element]).value()).toString('hex')).toBe(twice.toString(16).padStart(64, '0'))
  })

  it.each([0, 32])('refuses an element of %i bytes', (length) => {
    expect(() => new MultisetHash(key).addAll(new Uint8Array(64), length)).toThrow(RangeError)
  })

  it('refuses an initial value of another length', () => {
    expect(() => new MultisetHash(key, new Uint8Array(31))).toThrow(RangeError)
  })

  it('adds no more after destroy but still tells its value', () => {
    const hash = hashOf([Uint8Array.of(1)])
    const value = hash.value()
    hash.destroy()
    expect(() => hash.add(Uint8Array.of(2))).toThrow('after destroy')
    expect(hash.equals(value)).toBe(true)
  })
})
