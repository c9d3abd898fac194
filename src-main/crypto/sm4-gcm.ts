import { equalBytes, zero } from './bytes'
import { sm4Engine } from './sm4/engine'
import { runSm4Gcm } from './sm4/gcm'

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
 * twice with a key. RangeError for other lengths. No branch and no address depends on key or plaintext.
 */
export function encryptSm4Gcm(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Sm4GcmOutput {
  checkLengths(key, iv)
  const { result: ciphertext, tag } = runSm4Gcm(sm4Engine(), 'output', key, iv, plaintext, aad)
  return { ciphertext, tag }
}

/**
 * The plaintext in memory of its own, for the caller to zero; null when authentication fails, with nothing of the
 * plaintext left behind. RangeError for a key or IV of another length than encryptSm4Gcm takes.
 */
export function decryptSm4Gcm(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array, aad: Uint8Array): Uint8Array | null {
  checkLengths(key, iv)
  if (tag.length !== tagBytes) return null
  const { result: plaintext, tag: expected } = runSm4Gcm(sm4Engine(), 'input', key, iv, ciphertext, aad)
  const isAuthentic = equalBytes(expected, tag)
  zero(expected)
  if (isAuthentic) return plaintext
  zero(plaintext)
  return null
}

function checkLengths(key: Uint8Array, iv: Uint8Array): void {
  if (key.length !== keyBytes) throw new RangeError('SM4 takes a key of 16 bytes')
  if (iv.length !== ivBytes) throw new RangeError('SM4-GCM takes a 96-bit IV only')
}
