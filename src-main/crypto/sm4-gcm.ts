import { sm4 } from 'sm-crypto-v2'
import { copyBytes } from './bytes'

const keyBytes = 16
const ivBytes = 12
const tagBytes = 16

/** Ciphertext (as long as the plaintext) and its 16-byte tag, both in memory of their own. */
export interface Sm4GcmOutput {
  ciphertext: Uint8Array
  tag: Uint8Array
}

/**
 * SM4-GCM (GB/T 32907, RFC 8998) with a key of 16 bytes. Only 96-bit IVs, as encryptAesGcm. The caller never uses an IV
 * twice with a key. RangeError for other lengths.
 */
export function encryptSm4Gcm(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Sm4GcmOutput {
  checkLengths(key, iv)
  const { output, tag } = sm4.encrypt(plaintext, key, { mode: 'gcm', output: 'array', outputTag: true, iv, associatedData: aad })
  if (tag === undefined) throw new Error('SM4-GCM gave no tag')
  return { ciphertext: copyBytes(output), tag: copyBytes(tag) }
}

/**
 * The plaintext in memory of its own, for the caller to zero; null when authentication fails. RangeError for a key or IV
 * of another length than encryptSm4Gcm takes.
 */
export function decryptSm4Gcm(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array, aad: Uint8Array): Uint8Array | null {
  checkLengths(key, iv)
  if (tag.length !== tagBytes) return null
  try {
    const plaintext = sm4.decrypt(ciphertext, key, { mode: 'gcm', output: 'array', iv, associatedData: aad, tag })
    const own = copyBytes(plaintext)
    plaintext.fill(0)
    return own
  } catch {
    return null
  }
}

function checkLengths(key: Uint8Array, iv: Uint8Array): void {
  if (key.length !== keyBytes) throw new RangeError('SM4 takes a key of 16 bytes')
  if (iv.length !== ivBytes) throw new RangeError('SM4-GCM takes a 96-bit IV only')
}
