import { wordlist } from '@scure/bip39/wordlists/english.js'
import { ownBytes } from './bytes'

const bitsPerWord = 11
const longestWord = 8

/** A word's letters as one number, 5 bits each, so that typed words are looked up without making strings of them. */
const indexByLetters = new Map(wordlist.map((word, index) => [packWord(word), index]))

/** What is wrong with typed words: the place (from 1) of one that is not on the list, or null when there are too few or too many. */
export type Mistyped = (wordNumber: number | null) => Error

/**
 * English words of BIP39 for `bytes`, 11 bits each, most significant first; bits of the last byte that fill no word are left
 * out. The words are strings for the page to show: keep them as short as possible.
 */
export function wordsOf(bytes: Uint8Array): string[] {
  return Array.from({ length: Math.floor((bytes.length * 8) / bitsPerWord) }, (_, word) => {
    let index = 0
    for (let bit = word * bitsPerWord; bit < (word + 1) * bitsPerWord; bit++) index = index * 2 + bitAt(bytes, bit)
    return wordlist[index] ?? ''
  })
}

/**
 * The bytes behind words that a person has typed (UTF-8, borrowed), the rest of the last byte being zeros. Only letters count:
 * case, white space, line breaks and numbering ("1. word") do not matter. Throws what `mistyped` makes when a word is not on
 * the list or their number is none of `counts`. The caller zeroes the result.
 */
export function readWords(typedUtf8: Uint8Array, counts: readonly number[], mistyped: Mistyped): Uint8Array<ArrayBuffer> {
  const indexes = new Uint16Array(Math.max(...counts))
  try {
    const found = readIndexes(typedUtf8, indexes, mistyped)
    if (!counts.includes(found)) throw mistyped(null)
    return packIndexes(indexes.subarray(0, found))
  } finally {
    indexes.fill(0)
  }
}

/** Fills `indexes` and answers how many words there were. */
function readIndexes(typed: Uint8Array, indexes: Uint16Array, mistyped: Mistyped): number {
  let found = 0
  let start = 0
  while (start < typed.length) {
    const length = letterRun(typed, start)
    if (length === 0) {
      start++
      continue
    }
    const index = indexByLetters.get(packLetters(typed, start, length))
    if (index === undefined) throw mistyped(found + 1)
    if (found === indexes.length) throw mistyped(null)
    indexes[found++] = index
    start += length
  }
  return found
}

/** 11 bits for each index, most significant first. */
function packIndexes(indexes: Uint16Array): Uint8Array<ArrayBuffer> {
  const bytes = ownBytes(Math.ceil((indexes.length * bitsPerWord) / 8))
  indexes.forEach((index, word) => {
    for (let bit = 0; bit < bitsPerWord; bit++) {
      if (((index >> (bitsPerWord - 1 - bit)) & 1) === 0) continue
      const position = word * bitsPerWord + bit
      bytes[position >> 3] = (bytes[position >> 3] ?? 0) | (0x80 >> (position & 7))
    }
  })
  return bytes
}

function bitAt(bytes: Uint8Array, position: number): number {
  return ((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1
}

function letterRun(typed: Uint8Array, start: number): number {
  let end = start
  while (end < typed.length && isLetter(typed[end] ?? 0)) end++
  return end - start
}

/** 0 (no word) when it is longer than any word on the list. */
function packLetters(typed: Uint8Array, start: number, length: number): number {
  if (length > longestWord) return 0
  let packed = 0
  for (let index = start; index < start + length; index++) packed = packed * 32 + ((typed[index] ?? 0) & 0x1f)
  return packed
}

function packWord(word: string): number {
  return packLetters(Uint8Array.from(word, (letter) => letter.charCodeAt(0)), 0, word.length)
}

/** A-Z and a-z; both cases of a letter have the same lower five bits. */
function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}
