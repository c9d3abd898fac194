import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { bytesOf, openCalls } from '../../support/key-calls'

const types = {
  excludeLowercase: 'abcdefghijklmnopqrstuvwxyz',
  excludeUppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  excludeNumbers: '0123456789',
  excludePunctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}
type Exclusion = keyof typeof types
const exclusions = Object.keys(types) as Exclusion[]
const anyCharacter = Object.values(types).join('')
const requests: fc.Arbitrary<RequestInput<'getRandomPassword'>> = fc.record(
  {
    passwordLength: fc.integer({ min: 8, max: 128 }),
    excludeCharacters: fc.array(fc.constantFrom(...anyCharacter, 'ü', '密'), { maxLength: 60 }).map((characters) => characters.join('')),
    excludeLowercase: fc.boolean(),
    excludeUppercase: fc.boolean(),
    excludeNumbers: fc.boolean(),
    excludePunctuation: fc.boolean(),
    requireEachIncludedType: fc.boolean(),
  },
  { requiredKeys: [] },
)
const { call, codeFor } = await openCalls()
const password = async (input: RequestInput<'getRandomPassword'>) => (await call('getRandomPassword', input)).randomPassword

describe('getRandomPassword', () => {
  it('gives 32 characters of four types when nothing is asked for', async () => {
    const text = await password({})
    expect(text).toHaveLength(32)
    for (const characters of Object.values(types)) expect([...text].some((character) => characters.includes(character))).toBe(true)
  })

  it('keeps every rule, or refuses what no password can keep', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (input) => {
        const excluded = new Set(input.excludeCharacters ?? '')
        const left = exclusions.filter((name) => input[name] !== true).map((name) => [...types[name]].filter((character) => !excluded.has(character)))
        const isPossible = left.flat().length > 0 && (input.requireEachIncludedType === false || left.every((characters) => characters.length > 0))
        if (!isPossible) {
          expect(await codeFor('getRandomPassword', input)).toBe('INVALID_PARAMETER')
          return
        }
        const text = await password(input)
        expect(text).toHaveLength(input.passwordLength ?? 32)
        expect([...text].every((character) => left.flat().includes(character))).toBe(true)
        if (input.requireEachIncludedType !== false) expect(left.every((characters) => characters.some((character) => text.includes(character)))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('has a way to the rarest of passwords: one character left of three types', async () => {
    const text = await password({ passwordLength: 8, excludeCharacters: anyCharacter.slice(27, 52) + anyCharacter.slice(53, 62) + anyCharacter.slice(63) })
    expect([...text].filter((character) => 'A0!'.includes(character)).length).toBeGreaterThanOrEqual(3)
  })

  it('favours no character', async () => {
    const counts = new Map<string, number>()
    const rounds = 400
    for (let round = 0; round < rounds; round++) for (const character of await password({ passwordLength: 128, requireEachIncludedType: false })) counts.set(character, (counts.get(character) ?? 0) + 1)
    const expected = (rounds * 128) / anyCharacter.length
    expect(counts.size).toBe(anyCharacter.length)
    // Chi-squared with 93 degrees of freedom: above 190 once in more than 10^8 runs.
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chiSquared).toBeLessThan(190)
  })

  it('works without a key and leaves nothing behind', async () => {
    const { call: callHere, records, use } = await openCalls()
    const { randomPassword } = await callHere('getRandomPassword', {})
    expect([use.calls, records.audit]).toEqual([[], []])
    expect((await records.list('key')).some(({ bytes }) => Buffer.from(bytes).includes(Buffer.from(bytesOf(randomPassword))))).toBe(false)
  })
})
