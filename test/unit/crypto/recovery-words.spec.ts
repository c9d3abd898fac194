import { mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src-main/crypto/bytes'
import { decodeRecoveryWords, encodeRecoveryWords } from '../../../src-main/crypto/recovery-words'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'

const entropy = fc.uint8Array({ minLength: 32, maxLength: 32 })
const encode = (bytes: Uint8Array): string[] => encodeRecoveryWords(SecretBuffer.take(bytes.slice()))
const decode = (typed: string): number[] => decodeRecoveryWords(utf8(typed)).use((bytes) => [...bytes])
const mistyped = expect.objectContaining({ code: 'RECOVERY_WORDS_MISTYPED' })

function refusal(typed: string): unknown {
  try {
    return decode(typed)
  } catch (error) {
    return error
  }
}

describe('recovery words', () => {
  it('are 24 words that give the entropy back', () => {
    fc.assert(
      fc.property(entropy, (bytes) => {
        const words = encode(bytes)
        expect(words).toHaveLength(24)
        expect(decode(words.join(' '))).toEqual([...bytes])
      }),
    )
  })

  it('are those of BIP39', () => {
    const published = `${'abandon '.repeat(23)}art`
    expect(encode(new Uint8Array(32)).join(' ')).toBe(published)
    expect(encode(new Uint8Array(32).fill(255)).join(' ')).toBe(`${'zoo '.repeat(23)}vote`)
    fc.assert(
      fc.property(entropy, (bytes) => {
        expect(mnemonicToEntropy(encode(bytes).join(' '), wordlist)).toEqual(bytes)
      }),
    )
  })

  it('may be typed in any case, with any white space and numbering', () => {
    const separator = fc.constantFrom(' ', '\n', '\t', '  ', ', ', '\r\n', '\u00a0', '\u3000')
    fc.assert(
      fc.property(entropy, separator, fc.boolean(), fc.boolean(), (bytes, between, isUpper, isNumbered) => {
        const words = encode(bytes).map((word, index) => (isNumbered ? `${index + 1}. ${word}` : word))
        const typed = ` ${words.join(between)}\n`
        expect(decode(isUpper ? typed.toUpperCase() : typed)).toEqual([...bytes])
      }),
    )
  })

  it('are refused with one letter changed to make a word that is not listed', () => {
    const word = fc.integer({ min: 0, max: 23 })
    fc.assert(
      fc.property(entropy, word, (bytes, place) => {
        const words = encode(bytes)
        words[place] = `q${(words[place] ?? '').slice(1)}q`
        expect(refusal(words.join(' '))).toEqual(mistyped)
      }),
    )
  })

  it('are refused when the checksum does not fit: all 2047 other last words but 7', () => {
    const words = encode(new Uint8Array(32).fill(0x5a))
    const accepted = wordlist.filter((word) => Array.isArray(refusal([...words.slice(0, 23), word].join(' '))))
    expect(accepted).toHaveLength(8)
    expect(accepted).toContain(words[23])
  })

  it.each([
    ['nothing', ''],
    ['23 words', 'abandon '.repeat(23)],
    ['25 words', `${'abandon '.repeat(23)}art art`],
    ['12 words', `${'abandon '.repeat(11)}about`],
    ['a word glued to the next', `abandonabandon ${'abandon '.repeat(21)}art`],
    ['a word cut in two', `aban don ${'abandon '.repeat(22)}art`],
    ['an abbreviation', `aban ${'abandon '.repeat(22)}art`],
    ['another alphabet', 'ключ '.repeat(24)],
    ['bytes that are no text', '\u0000'.repeat(100)],
  ])('are refused: %s', (_name, typed) => {
    expect(refusal(typed)).toEqual(mistyped)
  })

  it('never accept random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(() => decodeRecoveryWords(bytes)).toThrow(mistyped)
      }),
    )
  })

  it('quote nothing of what was typed in the refusal', () => {
    const error = refusal('canarypassphrase '.repeat(24))
    expect(error).toBeInstanceOf(Error)
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('canary')
  })

  it('leave the typed bytes and the entropy to their owner', () => {
    const typed = utf8(`${'abandon '.repeat(23)}art`)
    const copy = typed.slice()
    decodeRecoveryWords(typed)
    expect(typed).toEqual(copy)
    const secret = SecretBuffer.random(32)
    encodeRecoveryWords(secret)
    expect(secret.isDestroyed).toBe(false)
  })

  it('take 32 bytes only', () => {
    expect(() => encodeRecoveryWords(SecretBuffer.random(16))).toThrow(RangeError)
  })
})
