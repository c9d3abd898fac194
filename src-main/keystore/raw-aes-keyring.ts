import { concatBytes, equalBytes, u32, utf8 } from '../crypto/bytes'
import type { EncryptedDataKey } from './file-keys'
import { isKeyId, isKeyVersionIdOf } from './key-ids'
import type { SealedBytes } from './key-provider'

/** Key namespace of AES key versions in file headers. */
const providerId = utf8('keystead')
const tagBits = 128
const nonceBytes = 12
const lengthFields = concatBytes(u32(tagBits), u32(nonceBytes))
const tagBytes = tagBits / 8

/** Length of the data key of a file. */
export const fileDataKeyBytes = 32

/** An entry of ours, taken apart. */
export interface ParsedEntry {
  keyId: string
  keyVersionId: string
  /** Null when the ciphertext does not have the length of a wrapped data key. */
  sealed: SealedBytes | null
}

/** The entry of a data key wrapped under a key version (file-format.md 1.6): name `keyId/keyVersionId`. */
export function encodeEntry(keyId: string, keyVersionId: string, { nonce, ciphertext, tag }: SealedBytes): EncryptedDataKey {
  return {
    providerId: providerId.slice(),
    providerInfo: concatBytes(utf8(`${keyId}/${keyVersionId}`), lengthFields, nonce),
    ciphertext: concatBytes(ciphertext, tag),
  }
}

/** Null for entries that are not ours: another namespace, a name that is no key version, other tag or nonce lengths. */
export function parseEntry(entry: EncryptedDataKey): ParsedEntry | null {
  const { providerInfo, ciphertext } = entry
  const nameLength = providerInfo.length - lengthFields.length - nonceBytes
  if (!equalBytes(entry.providerId, providerId) || nameLength <= 0) return null
  const nonceStart = nameLength + lengthFields.length
  if (!equalBytes(providerInfo.subarray(nameLength, nonceStart), lengthFields)) return null
  const names = Buffer.from(providerInfo.subarray(0, nameLength)).toString('latin1').split('/')
  const [keyId, keyVersionId] = names
  if (keyId === undefined || keyVersionId === undefined || names.length !== 2) return null
  if (!isKeyId(keyId) || !isKeyVersionIdOf(keyId, keyVersionId)) return null
  return { keyId, keyVersionId, sealed: sealedOf(providerInfo.subarray(nonceStart), ciphertext) }
}

function sealedOf(nonce: Uint8Array, ciphertext: Uint8Array): SealedBytes | null {
  if (ciphertext.length !== fileDataKeyBytes + tagBytes) return null
  return { nonce, ciphertext: ciphertext.subarray(0, fileDataKeyBytes), tag: ciphertext.subarray(fileDataKeyBytes) }
}
