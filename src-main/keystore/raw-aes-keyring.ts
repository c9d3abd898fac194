import { concatBytes, equalBytes, u32, utf8 } from '../crypto/bytes'
import type { SealedBytes } from './key-provider'

const tagBits = 128
const nonceBytes = 12
const lengthFields = concatBytes(u32(tagBits), u32(nonceBytes))
const tagBytes = tagBits / 8

/** Length of the data key of a file. */
export const fileDataKeyBytes = 32

/** Provider info and ciphertext of a raw AES keyring entry (file-format.md 1.6): name ‖ tag bits ‖ nonce length ‖ nonce. */
export function encodeAesEntry(name: string, { nonce, ciphertext, tag }: SealedBytes): { providerInfo: Uint8Array; ciphertext: Uint8Array } {
  return { providerInfo: concatBytes(utf8(name), lengthFields, nonce), ciphertext: concatBytes(ciphertext, tag) }
}

/**
 * The name of a raw AES keyring entry and what was sealed, null when the ciphertext does not have the length of a wrapped
 * data key. Null for other tag or nonce lengths.
 */
export function parseAesEntry(providerInfo: Uint8Array, ciphertext: Uint8Array): { name: Uint8Array; sealed: SealedBytes | null } | null {
  const nameLength = providerInfo.length - lengthFields.length - nonceBytes
  const nonceStart = nameLength + lengthFields.length
  if (nameLength <= 0 || !equalBytes(providerInfo.subarray(nameLength, nonceStart), lengthFields)) return null
  return { name: providerInfo.subarray(0, nameLength), sealed: sealedOf(providerInfo.subarray(nonceStart), ciphertext) }
}

function sealedOf(nonce: Uint8Array, ciphertext: Uint8Array): SealedBytes | null {
  if (ciphertext.length !== fileDataKeyBytes + tagBytes) return null
  return { nonce, ciphertext: ciphertext.subarray(0, fileDataKeyBytes), tag: ciphertext.subarray(fileDataKeyBytes) }
}
