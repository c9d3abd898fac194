import { wordlist } from '@scure/bip39/wordlists/english.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src-main/crypto/bytes'
import { joinShares, splitKey } from '../../../src-main/crypto/key-shares'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { decodeShareWords, encodeShareWords } from '../../../src-main/crypto/share-words'

const keyBytes = fc.constantFrom(16, 24, 32).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
/** Share bytes end with the place on the polynomials, which is never 0. */
const shareBytes = fc.tuple(keyBytes, fc.integer({ min: 1, max: 255 })).map(([bytes, place]) => [...bytes, place])
const paper = fc.record({ setId: fc.constantFrom('0000', '5f3a', 'ffff'), threshold: fc.integer({ min: 2, max: 16 }), number: fc.integer({ min: 1, max: 16 }), bytes: shareBytes })

const bytesOf = (secret: SecretBuffer) => secret.use((bytes) => [...bytes])
const secretOf = (bytes: readonly number[]) => SecretBuffer.take(Uint8Array.from(bytes))
const encode = ({ bytes, ...about }: { setId: string; threshold: number; number: number; bytes: readonly number[] }) => encodeShareWords({ ...about, share: secretOf(bytes) })
const sample = { setId: '5f3a', threshold: 3, number: 2, bytes: Array.from({ length: 33 }, (_, index) => index + 1) }

function refusal(words: readonly string[]): unknown {
  try {
    return decodeShareWords(utf8(words.join(' ')))
  } catch (error) {
    return error
  }
}

describe('the words of a share', () => {
  it('give it back with all that is said of it, whatever it is', () => {
    fc.assert(
      fc.property(paper, (share) => {
        const words = encode(share)
        expect(words).toHaveLength({ 17: 17, 25: 23, 33: 29 }[share.bytes.length] ?? 0)
        const { share: read, ...about } = decodeShareWords(utf8(words.map((word, index) => `${index + 1}. ${word.toUpperCase()}\n`).join('')))
        expect({ ...about, bytes: bytesOf(read) }).toEqual(share)
      }),
    )
  })

  it('stay what they are: shares on paper are read for ever', () => {
    expect(encode(sample).join(' ')).toBe('access what marriage acoustic cage link beef science amount embark lizard blossom special always doctor car basic pass easily comfort light minimum hockey lonely bulk weekend analyst gloom gaze')
    expect(encode({ ...sample, bytes: sample.bytes.slice(0, 17) }).join(' ')).toBe('access what marriage acoustic cage link beef science amount embark lizard blossom special always doctor clerk mandate')
  })

  it('are refused with two neighbours in the wrong order, whichever they are', () => {
    const words = encode(sample)
    for (let place = 0; place + 1 < words.length; place++) {
      const swapped = words.with(place, words[place + 1] ?? '').with(place + 1, words[place] ?? '')
      expect(refusal(swapped)).toMatchObject({ code: 'SHARE_MISTYPED', details: {} })
    }
  })

  it('are refused with another word of the list in any place', () => {
    fc.assert(
      fc.property(fc.nat(28), fc.constantFrom(...wordlist), (place, word) => {
        const words = encode(sample)
        fc.pre(words[place] !== word)
        expect(refusal(words.with(place, word))).toMatchObject({ code: 'SHARE_MISTYPED' })
      }),
    )
  })

  it('are refused with a word that is not on the list, which is named by its place and never quoted', () => {
    const error = refusal(encode(sample).with(6, 'canary'.concat('word')))
    expect(error).toMatchObject({ code: 'SHARE_MISTYPED', details: { wordNumber: 7 } })
    expect(JSON.stringify(error)).not.toContain('canary')
  })

  it.each([
    ['nothing', []],
    ['one word too few', encode(sample).slice(1)],
    ['one word too many', [...encode(sample), 'zoo']],
    ['the beginning of a longer share', encode(sample).slice(0, 17)],
    ['a share twice', [...encode(sample), ...encode(sample)]],
    ['a recovery kit', [...Array.from({ length: 23 }, () => 'abandon'), 'art']],
  ])('are refused: %s', (_name, words) => {
    expect(refusal(words)).toMatchObject({ code: 'SHARE_MISTYPED' })
  })

  it('are refused for what no honest share says: a threshold of one, or the place of the key itself', () => {
    expect(refusal(encode({ ...sample, threshold: 1 }))).toMatchObject({ code: 'SHARE_MISTYPED' })
    expect(refusal(encode({ ...sample, bytes: sample.bytes.with(32, 0) }))).toMatchObject({ code: 'SHARE_MISTYPED' })
  })

  it('are of shares of AES keys only', () => {
    expect(() => encode({ ...sample, bytes: [1, 2, 3] })).toThrow(RangeError)
  })
})

describe('shares of a key', () => {
  const split = fc.integer({ min: 2, max: 16 }).chain((count) => fc.record({ count: fc.constant(count), threshold: fc.integer({ min: 2, max: count }), order: fc.shuffledSubarray(Array.from({ length: count }, (_, index) => index), { minLength: count }) }))

  it('give it back, as many as are needed, whichever and in whatever order; one fewer do not', async () => {
    await fc.assert(
      fc.asyncProperty(keyBytes, split, async (bytes, { count, threshold, order }) => {
        const shares = await splitKey(secretOf([...bytes]), count, threshold)
        expect(shares).toHaveLength(count)
        const picked = order.map((index) => shares[index]!)
        expect(bytesOf(await joinShares(picked.slice(0, threshold)))).toEqual([...bytes])
        expect(bytesOf(await joinShares(picked))).toEqual([...bytes])
        // Of a key of at least 128 bits; a guess at random is never right.
        const fewer = threshold > 2 ? bytesOf(await joinShares(picked.slice(0, threshold - 1))) : bytesOf(picked[0]!).slice(0, -1)
        expect(fewer).not.toEqual([...bytes])
      }),
      { numRuns: 60 },
    )
  })

  it('of two keys give neither, and a key of one share is refused', async () => {
    const [one, other] = [SecretBuffer.random(32), SecretBuffer.random(32)]
    const [first] = await splitKey(one, 3, 2)
    // Places are chosen at random, so those of two splits may be the same.
    const elsewhere = (await splitKey(other, 3, 2)).find((share) => bytesOf(share).at(-1) !== bytesOf(first!).at(-1))
    const mixed = bytesOf(await joinShares([first!, elsewhere!]))
    for (const key of [one, other]) expect(mixed).not.toEqual(bytesOf(key))
    await expect(splitKey(one, 1, 1)).rejects.toThrow(RangeError)
    expect(one.isDestroyed).toBe(false)
  })
})
