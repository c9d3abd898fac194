import { createCipheriv, createDecipheriv, type CipherGCMTypes } from 'node:crypto'
import { concatBytes } from './bytes'
import { randomBytesOf } from './random'

const ivBytes = 12
const tagBytes = 16

/** Bytes that sealAesGcm adds to the plaintext: IV and tag. */
export const sealOverheadBytes = ivBytes + tagBytes

/** Ciphertext (as long as the plaintext) and its 16-byte tag, both in memory of their own. */
export interface AesGcmOutput {
  ciphertext: Uint8Array
  tag: Uint8Array
}

/**
 * AES-GCM (NIST SP 800-38D) with a key of 16, 24 or 32 bytes. Only 96-bit IVs: any other length is hashed by GCM and
 * loses the guarantee that two IVs differ. The caller never uses an IV twice with a key. RangeError for other lengths.
 */
export function encryptAesGcm(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): AesGcmOutput {
  const cipher = createCipheriv(algorithmFor(key, iv), key, iv, { authTagLength: tagBytes })
  cipher.setAAD(aad)
  const ciphertext = plain(cipher.update(plaintext))
  cipher.final()
  return { ciphertext, tag: plain(cipher.getAuthTag()) }
}

/**
 * The plaintext in memory of its own, for the caller to zero; null when authentication fails, with nothing of the
 * plaintext left behind. RangeError for a key or IV of another length than encryptAesGcm takes.
 */
export function decryptAesGcm(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array, aad: Uint8Array): Uint8Array | null {
  const algorithm = algorithmFor(key, iv)
  if (tag.length !== tagBytes) return null
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagBytes })
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  const plaintext = plain(decipher.update(ciphertext))
  overwriteFreed(ciphertext.length)
  try {
    decipher.final()
    return plaintext
  } catch {
    // final() has one way to fail once every length has been checked: the tag does not fit.
    plaintext.fill(0)
    return null
  }
}

/** IV (12 random bytes) ‖ ciphertext ‖ tag (16). Count the uses of a key: at most 2^32 with random IVs. */
export function sealAesGcm(key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array<ArrayBuffer> {
  const iv = randomBytesOf(ivBytes)
  const { ciphertext, tag } = encryptAesGcm(key, iv, plaintext, aad)
  return concatBytes(iv, ciphertext, tag)
}

/** Opens what sealAesGcm made; null when it is too short or authentication fails. The caller zeroes the plaintext. */
export function openAesGcm(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | null {
  if (sealed.length < sealOverheadBytes) return null
  const tagStart = sealed.length - tagBytes
  return decryptAesGcm(key, sealed.subarray(0, ivBytes), sealed.subarray(ivBytes, tagStart), sealed.subarray(tagStart), aad)
}

/**
 * To be called after update() of a decipher that was given `length` bytes. The runtime decrypts into a buffer one byte
 * longer, copies that to one of the right length and frees it with the plaintext in it. The allocator gives the same
 * memory to the next request of that length, so it is asked for once more and zeroed.
 */
export function overwriteFreed(length: number): void {
  // A view, because a buffer of a few bytes only leaves the engine's heap when its memory is asked for.
  plain(Buffer.allocUnsafeSlow(length + 1).fill(0)).fill(0)
}

function algorithmFor(key: Uint8Array, iv: Uint8Array): CipherGCMTypes {
  if (iv.length !== ivBytes) throw new RangeError('AES-GCM takes a 96-bit IV only')
  if (key.length === 32) return 'aes-256-gcm'
  if (key.length === 24) return 'aes-192-gcm'
  if (key.length === 16) return 'aes-128-gcm'
  throw new RangeError('AES takes a key of 16, 24 or 32 bytes')
}

/** A plain view without Buffer's ways: Buffer.slice shares memory where Uint8Array.slice copies. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
