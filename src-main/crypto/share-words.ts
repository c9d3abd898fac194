import { createHash } from 'node:crypto'
import { KmsError } from '../../src-shared/errors'
import { shareLimits } from '../../src-shared/model/ceremony'
import { concatBytes, copyBytes, equalBytes, ownBytes, utf8, zero } from './bytes'
import { SecretBuffer } from './secret-buffer'
import { readWords, wordsOf } from './word-list'

/** A share of a key as it is on paper. */
export interface PaperShare {
  /** Two random bytes, hex: the same for all shares of one key. */
  setId: string
  /** How many shares give the key. */
  threshold: number
  /** Place among the shares, from 1. */
  number: number
  /** As long as the key and one byte more. */
  share: SecretBuffer
}

const version = 1
const headBytes = 4
const digestLabel = utf8('keystead key share 1')
/** Words by bytes of a share: head and share are filled up to whole words by 19, 21 or 23 bits of checksum. */
const wordCounts = new Map([
  [17, 17],
  [25, 23],
  [33, 29],
])

/**
 * English words of BIP39 for a share: version, set id (2 bytes), threshold and number (4 bits each, less one), the share, and
 * the first bits of a SHA-256 over all of it. RangeError for a share of another length.
 */
export function encodeShareWords({ setId, threshold, number, share }: PaperShare): string[] {
  const count = wordCounts.get(share.length)
  if (count === undefined) throw new RangeError('shares are of keys of 16, 24 or 32 bytes')
  const head = concatBytes(Uint8Array.of(version), Buffer.from(setId, 'hex'), Uint8Array.of(((threshold - 1) << 4) | (number - 1)))
  return share.use((bytes) => {
    const content = concatBytes(head, bytes)
    const all = withChecksum(content, count)
    const words = wordsOf(all)
    zero(content, all)
    return words
  })
}

/**
 * The share behind typed words (UTF-8, borrowed), read as readWords() does. SHARE_MISTYPED, with the place of a word that is
 * not on the list, for anything else than a whole share with its words in their order. The caller destroys `share`.
 */
export function decodeShareWords(typedUtf8: Uint8Array): PaperShare {
  const packed = readWords(typedUtf8, [...wordCounts.values()], mistyped)
  try {
    const shareBytes = shareBytesOf(packed.length)
    const content = packed.subarray(0, headBytes + shareBytes)
    const expected = withChecksum(content, wordCounts.get(shareBytes) ?? 0)
    const isRight = equalBytes(expected, packed)
    zero(expected)
    const [readVersion = 0, , , places = 0] = content
    const [threshold, number] = [(places >> 4) + 1, (places & 0xf) + 1]
    // A share at place 0 of the polynomials would be the key itself, whatever the others say.
    if (!isRight || readVersion !== version || threshold < shareLimits.min || content.at(-1) === 0) throw mistyped(null)
    const setId = Buffer.from(content.subarray(1, 3)).toString('hex')
    return { setId, threshold, number, share: SecretBuffer.take(copyBytes(content.subarray(headBytes))) }
  } finally {
    zero(packed)
  }
}

/** Bytes of the share in so many bytes of words. */
function shareBytesOf(packedBytes: number): number {
  const found = [...wordCounts].find(([, count]) => Math.ceil((count * 11) / 8) === packedBytes)
  return found?.[0] ?? 0
}

/** `content` and as many bits of its digest as fill `count` words; the rest of the last byte is zeros. */
function withChecksum(content: Uint8Array, count: number): Uint8Array {
  const bits = count * 11
  const all = ownBytes(Math.ceil(bits / 8))
  const digest = createHash('sha256').update(digestLabel).update(content).digest()
  all.set(content)
  all.set(digest.subarray(0, all.length - content.length), content.length)
  digest.fill(0)
  const unused = all.length * 8 - bits
  all[all.length - 1] = ((all.at(-1) ?? 0) >> unused) << unused
  return all
}

function mistyped(wordNumber: number | null): KmsError {
  return new KmsError('SHARE_MISTYPED', 'These are not the words of a share as printed. Check each word and its place.', wordNumber === null ? {} : { wordNumber })
}
