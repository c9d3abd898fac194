import { createHash } from 'node:crypto'
import { KmsError } from '../../src-shared/errors'
import { concatBytes, copyBytes, zero } from './bytes'
import { SecretBuffer } from './secret-buffer'
import { readWords, wordsOf } from './word-list'

const entropyBytes = 32
const wordCount = 24

/**
 * 24 English words of BIP39 for 32 bytes of entropy; the last one carries an 8-bit checksum. RangeError for another
 * length. The words are strings for the page to show once: keep them as short as possible.
 */
export function encodeRecoveryWords(entropy: SecretBuffer): string[] {
  if (entropy.length !== entropyBytes) throw new RangeError('recovery words carry 32 bytes')
  return entropy.use((bytes) => {
    const checksum = checksumOf(bytes)
    const all = concatBytes(bytes, checksum)
    const words = wordsOf(all)
    zero(all, checksum)
    return words
  })
}

/**
 * The 32 bytes behind words that a person has typed (UTF-8, borrowed), read as readWords() does. RECOVERY_WORDS_MISTYPED
 * when a word is not on the list, the number of words is not 24 or the checksum does not fit. The caller destroys the
 * result.
 */
export function decodeRecoveryWords(typedUtf8: Uint8Array): SecretBuffer {
  const packed = readWords(typedUtf8, [wordCount], mistyped)
  const entropy = copyBytes(packed.subarray(0, entropyBytes))
  const checksum = checksumOf(entropy)
  const isRight = checksum[0] === packed[entropyBytes]
  zero(checksum, packed)
  const secret = SecretBuffer.take(entropy)
  if (isRight) return secret
  secret.destroy()
  throw mistyped()
}

/** The checksum of BIP39 for 256 bits: the first byte of SHA-256. */
function checksumOf(entropy: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(entropy).digest()
  const checksum = copyBytes(digest.subarray(0, 1))
  digest.fill(0)
  return checksum
}

function mistyped(): KmsError {
  return new KmsError('RECOVERY_WORDS_MISTYPED', 'These are not 24 recovery words as printed. Check each word and its place.')
}
