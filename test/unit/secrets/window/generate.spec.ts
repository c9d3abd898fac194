import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operations, type RequestInput } from '../../../../src-shared/contract/operations'
import { isKmsError } from '../../../../src-shared/errors'
import { characterClasses } from '../../../../src-shared/contract/secret-window'
import { effLargeWords } from '../../../../src-main/secrets/window/eff-large-words'
import { generateSecretValue } from '../../../../src-main/secrets/window/generate'

const classes = {
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  numbers: '0123456789',
  symbols: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}
const everything = Object.values(classes).join('')

function generated(input: RequestInput<'generateSecretValue'>): { text: string; entropyBits: number } {
  const { value, entropyBits } = generateSecretValue(operations.generateSecretValue.request.parse(input))
  return { text: Buffer.from(value).toString('latin1'), entropyBits }
}

function codeOf(input: RequestInput<'generateSecretValue'>): string | null {
  try {
    generated(input)
    return null
  } catch (error) {
    return isKmsError(error) ? error.code : String(error)
  }
}

/** Counts by trying all texts, for pools and lengths where that is possible. */
function countAll(parts: readonly string[], length: number, mustHaveEach: boolean): number {
  const pool = parts.join('')
  const texts = Array.from({ length }).reduce<string[]>((known) => known.flatMap((start) => [...pool].map((end) => start + end)), [''])
  return texts.filter((text) => !mustHaveEach || parts.every((part) => [...part].some((character) => text.includes(character)))).length
}

describe('generated characters', () => {
  it('are 20 of four classes, and one of each, when nothing else is said', () => {
    const { text, entropyBits } = generated({ kind: 'characters' })
    expect(text).toHaveLength(20)
    for (const characters of Object.values(classes)) expect([...text].some((character) => characters.includes(character))).toBe(true)
    expect(entropyBits).toBeGreaterThan(130.9)
    expect(entropyBits).toBeLessThan(20 * Math.log2(94))
  })

  it('keep every rule, or are refused when no text can', () => {
    const requests = fc.record({
      length: fc.integer({ min: 4, max: 128 }),
      classes: fc.uniqueArray(fc.constantFrom(...characterClasses), { minLength: 1 }),
      excludeCharacters: fc.array(fc.constantFrom(...everything, 'ü'), { maxLength: 60 }).map((characters) => characters.join('')),
      excludeLookAlikes: fc.boolean(),
      requireEach: fc.boolean(),
    })
    fc.assert(
      fc.property(requests, (request) => {
        const excluded = new Set(request.excludeCharacters + (request.excludeLookAlikes ? 'l1IO0|' : ''))
        const left = request.classes.map((name) => [...classes[name]].filter((character) => !excluded.has(character)))
        const isPossible = left.flat().length > 0 && (!request.requireEach || left.every((characters) => characters.length > 0))
        if (!isPossible) return expect(codeOf({ kind: 'characters', ...request })).toBe('INVALID_PARAMETER')
        const { text, entropyBits } = generated({ kind: 'characters', ...request })
        expect(text).toHaveLength(request.length)
        expect([...text].every((character) => left.flat().includes(character))).toBe(true)
        if (request.requireEach) expect(left.every((characters) => characters.some((character) => text.includes(character)))).toBe(true)
        expect(entropyBits).toBeLessThanOrEqual(request.length * Math.log2(left.flat().length) + 1e-9)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    [['ab', 'AB'], 4, true],
    [['ab', 'AB', '01'], 4, true],
    [['ab', 'A', '0', '!'], 4, true],
    [['abc', 'A'], 5, false],
  ] as const)('of %j have the entropy of all texts of %i characters that there are (each class needed: %s)', (parts, length, requireEach) => {
    const wanted = parts.join('')
    const excludeCharacters = [...everything].filter((character) => !wanted.includes(character)).join('')
    const names = characterClasses.filter((name) => [...classes[name]].some((character) => wanted.includes(character)))
    const { entropyBits } = generated({ kind: 'characters', length, classes: [...names], excludeCharacters, requireEach })
    expect(entropyBits).toBeCloseTo(Math.log2(countAll(parts, length, requireEach)), 10)
  })

  it('favour none', () => {
    const counts = new Map<string, number>()
    const rounds = 400
    for (let round = 0; round < rounds; round++) for (const character of generated({ kind: 'characters', length: 128, requireEach: false }).text) counts.set(character, (counts.get(character) ?? 0) + 1)
    const expected = (rounds * 128) / everything.length
    expect(counts.size).toBe(94)
    // Chi-squared with 93 degrees of freedom: above 190 once in more than 10^8 runs.
    expect([...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(190)
  })
})

describe('generated words', () => {
  it('come from the list that the EFF has published', () => {
    const dice = (place: number) => place.toString(6).padStart(5, '0').replaceAll(/\d/g, (digit) => String(Number(digit) + 1))
    const file = effLargeWords.map((word, place) => `${dice(place)}\t${word}\n`).join('')
    expect(createHash('sha256').update(file).digest('hex')).toBe('addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e')
  })

  it('are a code: none begins another and none has a digit, so their entropy is exact behind any separator', () => {
    const sorted = [...effLargeWords].sort()
    expect(sorted.filter((word, at) => sorted[at + 1]?.startsWith(word))).toEqual([])
    expect(sorted.filter((word) => /[^a-z-]/.test(word))).toEqual([])
    expect(new Set(sorted).size).toBe(7776)
  })

  it('are seven with a hyphen when nothing else is said', () => {
    const { text, entropyBits } = generated({ kind: 'words' })
    expect(entropyBits).toBeCloseTo(7 * Math.log2(7776), 10)
    expect(text.split('-').length).toBeGreaterThanOrEqual(7)
  })

  it('have the separator, capitals and the one digit that are asked for', () => {
    const seen = new Set<number>()
    for (let round = 0; round < 60; round++) {
      const { text, entropyBits } = generated({ kind: 'words', words: 3, separator: ' ~ ', capitalise: true, includeNumber: true })
      const words = text.split(' ~ ')
      expect(words).toHaveLength(3)
      expect(words.every((word) => /^[A-Z][a-z-]+\d?$/.test(word) && effLargeWords.includes(word.replace(/\d$/, '').toLowerCase()))).toBe(true)
      expect(text.replaceAll(/\D/g, '')).toHaveLength(1)
      seen.add(words.findIndex((word) => /\d/.test(word)))
      expect(entropyBits).toBeCloseTo(3 * Math.log2(7776) + Math.log2(30), 10)
    }
    expect([...seen].sort()).toEqual([0, 1, 2])
  })

  it('favour none', () => {
    const counts = new Map<string, number>()
    const draws = 4000 * 20
    for (let round = 0; round < 4000; round++) for (const word of generated({ kind: 'words', words: 20, separator: ' ' }).text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1)
    const expected = draws / 7776
    const chiSquared = effLargeWords.reduce((sum, word) => sum + ((counts.get(word) ?? 0) - expected) ** 2 / expected, 0)
    // 7775 degrees of freedom: mean 7775, standard deviation 125; seven of them away is less than once in 10^11 runs.
    expect(Math.abs(chiSquared - 7775)).toBeLessThan(7 * 125)
  })
})
