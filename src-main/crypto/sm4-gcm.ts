import { equalBytes, ownBytes, zero } from './bytes'
import { sm4Engine } from './sm4/engine'
import { runSm4Gcm } from './sm4/gcm'
import { ivBytes } from './sm4/layout'

const keyBytes = 16

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
  const ciphertext = ownBytes(plaintext.length)
  return { ciphertext, tag: encryptSm4GcmInto(ciphertext, key, iv, plaintext, aad) }
}

/**
 * The plaintext in memory of its own, for the caller to zero; null when authentication fails, with nothing of the
 * plaintext left behind. RangeError for a key or IV of another length than encryptSm4Gcm takes.
 */
export function decryptSm4Gcm(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array, aad: Uint8Array): Uint8Array | null {
  const plaintext = ownBytes(ciphertext.length)
  return decryptSm4GcmInto(plaintext, key, iv, ciphertext, tag, aad) ? plaintext : null
}

/**
 * As encryptSm4Gcm, but writes the ciphertext into `target` and gives the tag: fresh memory for a MiB costs a fifth of
 * the time. `target` is as long as the plaintext (else RangeError) and may be its memory.
 */
export function encryptSm4GcmInto(target: Uint8Array, key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
  checkLengths(key, iv, plaintext, target)
  return runSm4Gcm(sm4Engine(), 'output', key, iv, plaintext, aad, target)
}

/** As decryptSm4Gcm, but writes the plaintext into `target`, as above; false when authentication fails: `target` is zeroed. */
export function decryptSm4GcmInto(
  target: Uint8Array,
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
  aad: Uint8Array,
): boolean {
  checkLengths(key, iv, ciphertext, target)
  const expected = runSm4Gcm(sm4Engine(), 'input', key, iv, ciphertext, aad, target)
  const isAuthentic = equalBytes(expected, tag)
  zero(expected, isAuthentic ? null : target)
  return isAuthentic
}

function checkLengths(key: Uint8Array, iv: Uint8Array, data: Uint8Array, target: Uint8Array): void {
  if (key.length !== keyBytes) throw new RangeError('SM4 takes a key of 16 bytes')
  if (iv.length !== ivBytes) throw new RangeError('SM4-GCM takes a 96-bit IV only')
  if (target.length !== data.length) throw new RangeError('the target is as long as the data')
}
