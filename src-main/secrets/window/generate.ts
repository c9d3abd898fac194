import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import { concatBytes, utf8, zero } from '../../crypto/bytes'
import { randomBytesOf } from '../../crypto/random'
import { drawCharacters } from '../../keystore/random-characters'
import { effLargeWords } from './eff-large-words'

type GeneratorRequest = Request<'generateSecretValue'>
type Generated = Response<'generateSecretValue'>

const characters = {
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  numbers: '0123456789',
  symbols: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const
const lookAlikes = 'l1IO0|'
const digits = 10

/**
 * A new value as bytes, which the caller zeroes, and its entropy: the exact logarithm of how many values the rules
 * allow, each of them equally likely. INVALID_PARAMETER (excludeCharacters) when no character is left, or none of a class
 * that must occur.
 */
export function generateSecretValue(request: GeneratorRequest): Generated {
  return request.kind === 'words' ? words(request) : charactersOf(request)
}

function charactersOf({ length, classes, excludeCharacters, excludeLookAlikes, requireEach }: GeneratorRequest): Generated {
  const excluded = new Set(excludeCharacters + (excludeLookAlikes ? lookAlikes : ''))
  const left = [...new Set(classes)].map((name) => [...characters[name]].filter((character) => !excluded.has(character)).join(''))
  const pool = left.join('')
  if (pool === '') throw invalidParameter('excludeCharacters', 'leaves no characters of these classes')
  const needed = requireEach ? left : []
  if (needed.includes('')) throw invalidParameter('excludeCharacters', 'leaves none of a class that must occur; leave the class out')
  return { value: drawCharacters(pool, length, needed), entropyBits: log2(countTexts(pool.length, length, needed.map((part) => part.length))) }
}

/** How many texts of `length` characters have one of each part of the pool at least: by inclusion and exclusion. */
function countTexts(poolSize: number, length: number, partSizes: readonly number[]): bigint {
  const [first, ...rest] = partSizes
  if (first === undefined) return BigInt(poolSize) ** BigInt(length)
  return countTexts(poolSize, length, rest) - countTexts(poolSize - first, length, rest)
}

/** To the last bits that a number has. */
function log2(count: bigint): number {
  const surplus = Math.max(0, count.toString(2).length - 53)
  return Math.log2(Number(count >> BigInt(surplus))) + surplus
}

/**
 * No word of the list begins another and none has a digit, so whatever the separator is, two choices never give the
 * same text: what is chosen is the entropy.
 */
function words({ words: count, separator, capitalise, includeNumber }: GeneratorRequest): Generated {
  const between = utf8(separator)
  const numberAt = includeNumber ? drawBelow(count) : -1
  const parts: Uint8Array[] = []
  for (let at = 0; at < count; at++) {
    if (at > 0) parts.push(between)
    parts.push(utf8(written(effLargeWords[drawBelow(effLargeWords.length)] ?? '', capitalise)))
    if (at === numberAt) parts.push(utf8(String(drawBelow(digits))))
  }
  const value = concatBytes(...parts)
  zero(...parts)
  return { value, entropyBits: count * Math.log2(effLargeWords.length) + (includeNumber ? Math.log2(count * digits) : 0) }
}

function written(word: string, capitalise: boolean): string {
  return capitalise ? word.charAt(0).toUpperCase() + word.slice(1) : word
}

/** A whole number below `limit` (at most 65536), each equally likely. */
function drawBelow(limit: number): number {
  for (;;) {
    const random = randomBytesOf(2)
    const drawn = new DataView(random.buffer).getUint16(0)
    zero(random)
    if (drawn < 65_536 - (65_536 % limit)) return drawn % limit
  }
}
