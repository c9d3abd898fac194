import { zero } from '../../crypto/bytes'
import type { SecretBuffer } from '../../crypto/secret-buffer'
import { concatBytes } from '../../crypto/bytes'
import type { EncryptionContext } from '../../../src-shared/model/encryption-context'
import type { EncryptedDataKey } from '../../keystore/file-keys'
import { FrameCipher, finalHeadBytes } from './frames'
import { serialiseHeaderBody } from './header'
import { authenticateHeader, deriveCommitment, deriveMessageKey } from './message-key'
import { StreamBytes } from './stream-bytes'
import { committingSuite } from './suites'

const tagBytes = 16

/** What the header of a new message is made of. */
export interface NewMessage {
  /** 32 random bytes, never used before: with the data key they decide every nonce of the message. */
  messageId: Uint8Array
  dataKey: SecretBuffer
  context: EncryptionContext
  entries: readonly EncryptedDataKey[]
  frameLength: number
}

/** A header ready to be written, and the key of the frames that follow it; the caller zeroes the key. */
export interface StartedMessage {
  header: Uint8Array<ArrayBuffer>
  messageKey: Uint8Array<ArrayBuffer>
}

/** Derives keys and commitment and authenticates the header. Borrows the data key. */
export function startMessage({ messageId, dataKey, context, entries, frameLength }: NewMessage): StartedMessage {
  const suite = committingSuite
  const commitment = deriveCommitment(dataKey, messageId)
  const messageKey = deriveMessageKey(suite, dataKey, messageId)
  const body = serialiseHeaderBody({ suite, messageId, context, entries, frameLength, commitment })
  return { header: concatBytes(body, authenticateHeader(messageKey, body)), messageKey }
}

/**
 * The frames of a plaintext that arrives piece by piece. Each buffer is used again when the next one is asked for.
 * Borrows the key.
 */
export async function* writeFrames(
  chunks: AsyncIterable<Uint8Array>,
  messageKey: Uint8Array,
  messageId: Uint8Array,
  frameLength: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new StreamBytes(chunks)
  const cipher = new FrameCipher(messageKey, messageId)
  const frame = new Uint8Array(new ArrayBuffer(finalHeadBytes + frameLength + tagBytes))
  try {
    for (let sequence = 1, isFinal = false; !isFinal; sequence++) {
      // One byte more than a frame tells whether this one is the last.
      const available = await input.peek(frameLength + 1)
      isFinal = available.length <= frameLength
      const plaintext = available.subarray(0, frameLength)
      const length = cipher.seal(plaintext, sequence, isFinal, frame)
      input.consume(plaintext.length)
      yield frame.subarray(0, length)
    }
  } finally {
    zero(frame)
    await input.close()
  }
}
