import { createDecipheriv } from 'node:crypto'
import { overwriteFreed } from '../aes-gcm'
import { copyBytes } from '../bytes'

/** The block ciphers in CBC mode that private keys are found under, by the names of the runtime. */
export const cbcCiphers = {
  'aes-128-cbc': { keyBytes: 16, ivBytes: 16 },
  'aes-192-cbc': { keyBytes: 24, ivBytes: 16 },
  'aes-256-cbc': { keyBytes: 32, ivBytes: 16 },
  'des-ede3-cbc': { keyBytes: 24, ivBytes: 8 },
} as const
export type CbcCipher = keyof typeof cbcCiphers

/**
 * The plaintext in memory of its own, for the caller to zero; null when its length or padding (RFC 5652 6.3) does not
 * fit. Nothing here tells a wrong key from damage.
 */
export function decryptCbc(cipher: CbcCipher, key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | null {
  const block = cbcCiphers[cipher].ivBytes
  if (ciphertext.length === 0 || ciphertext.length % block !== 0) return null
  const padded = decryptWhole(cipher, key, iv, ciphertext)
  const plaintext = withoutPadding(padded, block)
  padded.fill(0)
  return plaintext
}

/** Decrypts without padding, in memory of its own. The ciphertext fills its last block. */
export function decryptWhole(cipher: CbcCipher | 'aes-256-ctr', key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(cipher, key, iv).setAutoPadding(false)
  const output = decipher.update(ciphertext)
  decipher.final()
  const own = copyBytes(output)
  output.fill(0)
  // The runtime's buffer is longer than the ciphertext by a block, which in CTR mode is one byte.
  overwriteFreed(ciphertext.length + (cipher === 'aes-256-ctr' ? 1 : cbcCiphers[cipher].ivBytes) - 1)
  return own
}

/** A copy without the padding, in memory of its own; null when the padding is none. */
export function withoutPadding(padded: Uint8Array, block: number): Uint8Array | null {
  const count = padded.at(-1) ?? 0
  if (count < 1 || count > block || count > padded.length) return null
  if (padded.subarray(padded.length - count).some((byte) => byte !== count)) return null
  return copyBytes(padded.subarray(0, padded.length - count))
}
