import type { Readable, Writable } from 'node:stream'
import type { Caller } from '../../src-shared/model/caller'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { limits } from '../../src-shared/model/limits'
import { zero } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import type { EncryptedDataKey, FileKeys } from '../keystore/file-keys'
import { checkFileContext } from './codec/context'
import { messageIdBytes } from './codec/header'
import { readMessage } from './codec/message-reader'
import { startMessage, writeFrames } from './codec/message-writer'
import { openFileHeader } from './crypt-file'
import { sourceError, targetError } from './fs-errors'

/** What a pipe became. */
export interface EncryptedStream {
  entry: EncryptedDataKey
  messageId: Uint8Array
  bytes: number
}

/**
 * Encrypts a pipe of any length under the key that `keyReference` names. `output` is not ended. The codes of
 * FileKeys.resolveForEncryption(), INVALID_PARAMETER for the context, FILE_UNREADABLE, NO_SPACE, TARGET_NOT_WRITABLE.
 */
export async function encryptStream(
  caller: Caller,
  keys: FileKeys,
  input: Readable,
  output: Writable,
  { keyReference, context = {} }: { keyReference: string; context?: EncryptionContext },
): Promise<EncryptedStream> {
  checkFileContext(context)
  const { keyId } = keys.resolveForEncryption(keyReference)
  const frameLength = limits.fileFrameDefaultBytes
  const messageId = randomBytesOf(messageIdBytes)
  const dataKey = SecretBuffer.random(32)
  try {
    const entry = await keys.wrapDataKey(caller, keyId, dataKey, context)
    const { header, messageKey } = startMessage({ messageId, dataKey, context, entries: [entry], frameLength })
    let bytes = header.length
    try {
      await write(output, header)
      for await (const frame of writeFrames(chunksOf(input), messageKey, messageId, frameLength)) {
        await write(output, frame)
        bytes += frame.length
      }
      return { entry, messageId, bytes }
    } finally {
      zero(messageKey)
    }
  } finally {
    dataKey.destroy()
  }
}

/**
 * Decrypts a pipe. A pipe cannot take back what it was given: each frame is written once it is authenticated, and only
 * the end of this call without an error says that the message was whole (and, when signed, that its signature holds).
 * Whoever reads the output must look at that. `output` is not ended. The codes of readMessage(),
 * FILE_KEY_UNAVAILABLE, FILE_UNREADABLE, NO_SPACE, TARGET_NOT_WRITABLE.
 */
export async function decryptStream(caller: Caller, keys: FileKeys, input: Readable, output: Writable): Promise<void> {
  for await (const plaintext of readMessage(chunksOf(input), (header) => openFileHeader(caller, keys, header))) await write(output, plaintext)
}

async function* chunksOf(input: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)
  } catch (error) {
    throw sourceError(error)
  }
}

/** Resolves when the stream has let go of the bytes. */
function write(output: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(targetError(error))
    output.once('error', failed)
    output.write(bytes, (error) => {
      // After a failure the stream emits the error as well; somebody has to listen then.
      if (error) return failed(error)
      output.off('error', failed)
      resolve()
    })
  })
}
