import { createHash } from 'node:crypto'
import { entropyToMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { KmsError } from '../../src-shared/errors'
import { copyBytes, ownBytes } from './bytes'
import { SecretBuffer } from './secret-buffer'

const entropyBytes = 32
const wordCount = 24
const bitsPerWord = 11
const longestWord = 8

/** A word's letters as one number, 5 bits each, so that typed words are looked up without making strings of them. */
const indexByLetters = new Map(wordlist.map((word, index) => [packWord(word), index]))

/**
 * 24 English words of BIP39 for 32 bytes of entropy; the last one carries an 8-bit checksum. RangeError for another
 * length. The words are strings for the page to show once: keep them as short as possible.
 */
export function encodeRecoveryWords(entropy: SecretBuffer): string[] {
  if (entropy.length !== entropyBytes) throw new RangeError('recovery words carry 32 bytes')
  return entropy.use((bytes) => entropyToMnemonic(bytes, wordlist)).split(' ')
}

/**
 * The 32 bytes behind words that a person has typed (UTF-8, borrowed). Only letters count: case, white space, line
 * breaks and numbering ("1. word") do not matter. RECOVERY_WORDS_MISTYPED when a word is not on the list, the number of
 * words is not 24 or the checksum does not fit. The caller destroys the result.
 */
export function decodeRecoveryWords(typedUtf8: Uint8Array): SecretBuffer {
  const indexes = readIndexes(typedUtf8)
  const packed = packIndexes(indexes)
  indexes.fill(0)
  const entropy = copyBytes(packed.subarray(0, entropyBytes))
  const digest = createHash('sha256').update(entropy).digest()
  const isRight = digest[0] === packed[entropyBytes]
  digest.fill(0)
  packed.fill(0)
  const secret = SecretBuffer.take(entropy)
  if (isRight) return secret
  secret.destroy()
  throw mistyped()
}

function readIndexes(typed: Uint8Array): Uint16Array {
  const indexes = new Uint16Array(wordCount)
  let found = 0
  let start = 0
  while (start < typed.length) {
    const length = letterRun(typed, start)
    if (length === 0) {
      start++
      continue
    }
    const index = indexByLetters.get(packLetters(typed, start, length))
    if (index === undefined || found === wordCount) throw mistyped(indexes)
    indexes[found++] = index
    start += length
  }
  if (found !== wordCount) throw mistyped(indexes)
  return indexes
}

/** 24 x 11 bits, most significant first: 32 bytes of entropy and the checksum byte. */
function packIndexes(indexes: Uint16Array): Uint8Array {
  const bytes = ownBytes((wordCount * bitsPerWord) / 8)
  indexes.forEach((index, word) => {
    for (let bit = 0; bit < bitsPerWord; bit++) {
      if (((index >> (bitsPerWord - 1 - bit)) & 1) === 0) continue
      const position = word * bitsPerWord + bit
      bytes[position >> 3] = (bytes[position >> 3] ?? 0) | (0x80 >> (position & 7))
    }
  })
  return bytes
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

function mistyped(indexes?: Uint16Array): KmsError {
  indexes?.fill(0)
  return new KmsError('RECOVERY_WORDS_MISTYPED', 'These are not 24 recovery words as printed. Check each word and its place.')
}
