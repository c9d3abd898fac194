import { createCipheriv, createDecipheriv } from 'node:crypto'
import { overwriteFreed } from '../../crypto/aes-gcm'
import { concatBytes, u32, u64, utf8, zero } from '../../crypto/bytes'
import { tampered } from '../file-errors'
import { strictRules, type ReaderRules } from './rules'

const ivBytes = 12
const tagBytes = 16
const finalMark = 0xffff_ffff
const algorithm = 'aes-256-gcm'

/** Bytes before the ciphertext of a regular and of a final frame (file format section 1.4). */
export const regularHeadBytes = 4 + ivBytes
export const finalHeadBytes = 4 + 4 + ivBytes + 4

/** OpenSSL hands out a new buffer per call: small ones stay in the processor's cache and are given back at once. */
const chunkBytes = 64 * 1024

type Content = 'Frame' | 'Final Frame' | 'Single Block'

/** Fields before the ciphertext of a frame. */
export interface FrameHead {
  isFinal: boolean
  sequence: number
  /** Null for a regular frame, which has the frame length of the header. */
  contentBytes: number | null
  headBytes: number
}

/** What stands at the start of `bytes`: at least regularHeadBytes, for a final frame finalHeadBytes; null when fewer. */
export function readFrameHead(bytes: Uint8Array): FrameHead | null {
  if (bytes.length < 4) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const first = view.getUint32(0)
  if (first !== finalMark) {
    return bytes.length < regularHeadBytes ? null : { isFinal: false, sequence: first, contentBytes: null, headBytes: regularHeadBytes }
  }
  if (bytes.length < finalHeadBytes) return null
  return { isFinal: true, sequence: view.getUint32(4), contentBytes: view.getUint32(finalHeadBytes - 4), headBytes: finalHeadBytes }
}

/** Seals and opens the frames of one message. Keeps a view of the key: the caller zeroes it when the message is done. */
export class FrameCipher {
  readonly #key: Uint8Array
  readonly #messageId: Uint8Array
  readonly #rules: ReaderRules

  constructor(key: Uint8Array, messageId: Uint8Array, rules: ReaderRules = strictRules) {
    this.#key = key
    this.#messageId = messageId
    this.#rules = rules
  }

  /** Writes frame `sequence` to the start of `target`; the bytes written. A sequence is sealed once per message. */
  seal(plaintext: Uint8Array, sequence: number, isFinal: boolean, target: Uint8Array): number {
    const iv = ivOf(sequence)
    const head = isFinal ? concatBytes(u32(finalMark), u32(sequence), iv, u32(plaintext.length)) : concatBytes(u32(sequence), iv)
    const cipher = createCipheriv(algorithm, this.#key, iv, { authTagLength: tagBytes })
    cipher.setAAD(this.#aad(isFinal ? 'Final Frame' : 'Frame', sequence, plaintext.length))
    target.set(head)
    const end = copyThrough(cipher, plaintext, target.subarray(head.length), false) + head.length
    cipher.final()
    target.set(cipher.getAuthTag(), end)
    return end + tagBytes
  }

  /**
   * Authenticates `frame`, which must be exactly frame `sequence`, and writes its plaintext to the start of `target`; the
   * bytes written. FILE_TAMPERED when anything is not as sealed, with `target` zeroed.
   */
  open(frame: Uint8Array, sequence: number, isFinal: boolean, target: Uint8Array): number {
    const head = readFrameHead(frame)
    const length = frame.length - (isFinal ? finalHeadBytes : regularHeadBytes) - tagBytes
    if (!head || head.isFinal !== isFinal || head.sequence !== sequence || length < 0) throw tampered()
    if (head.contentBytes !== null && head.contentBytes !== length) throw tampered()
    const ivEnd = isFinal ? head.headBytes - 4 : head.headBytes
    const sealed = frame.subarray(head.headBytes)
    return this.#open(frame.subarray(ivEnd - ivBytes, ivEnd), sealed, isFinal ? 'Final Frame' : 'Frame', sequence, target)
  }

  /** As open(), for a body of one block: IV, length (8 bytes), ciphertext, tag. Only lenient readers come here. */
  openSingleBlock(block: Uint8Array, target: Uint8Array): number {
    const headBytes = ivBytes + 8
    return this.#open(block.subarray(0, ivBytes), block.subarray(headBytes), 'Single Block', 1, target)
  }

  #open(iv: Uint8Array, sealed: Uint8Array, content: Content, sequence: number, target: Uint8Array): number {
    if (this.#rules.needsSequentialIv && Buffer.compare(iv, ivOf(sequence)) !== 0) throw tampered()
    const length = sealed.length - tagBytes
    const decipher = createDecipheriv(algorithm, this.#key, iv, { authTagLength: tagBytes })
    decipher.setAAD(this.#aad(content, sequence, length))
    decipher.setAuthTag(sealed.subarray(length))
    copyThrough(decipher, sealed.subarray(0, length), target, true)
    try {
      decipher.final()
      return length
    } catch {
      zero(target.subarray(0, length))
      throw tampered()
    }
  }

  #aad(content: Content, sequence: number, length: number): Uint8Array {
    return concatBytes(this.#messageId, utf8(`AWSKMSEncryptionClient ${content}`), u32(sequence), u64(length))
  }
}

function ivOf(sequence: number): Uint8Array {
  return concatBytes(new Uint8Array(ivBytes - 4), u32(sequence))
}

/** `isSecret`: what comes out is plaintext, and the intermediate buffers are zeroed, also those that the runtime has freed. */
function copyThrough(cipher: { update(data: Uint8Array): Buffer }, source: Uint8Array, target: Uint8Array, isSecret: boolean): number {
  for (let offset = 0; offset < source.length; offset += chunkBytes) {
    const chunk = cipher.update(source.subarray(offset, offset + chunkBytes))
    target.set(chunk, offset)
    if (isSecret) chunk.fill(0)
  }
  if (isSecret) for (const length of [Math.min(chunkBytes, source.length), source.length % chunkBytes]) overwriteFreed(length)
  return source.length
}
