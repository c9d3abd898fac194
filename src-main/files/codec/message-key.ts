import { concatBytes, equalBytes, u16, utf8, zero } from '../../crypto/bytes'
import { decryptAesGcm, encryptAesGcm } from '../../crypto/aes-gcm'
import { hkdfSha512 } from '../../crypto/hkdf'
import type { SecretBuffer } from '../../crypto/secret-buffer'
import { tampered } from '../file-errors'
import type { FileHeader } from './header'
import type { Suite } from './suites'

const keyBytes = 32
const nothing = new Uint8Array(0)
const zeroIv = new Uint8Array(12)

/** The commitment of a data key for one message (file format section 1.3). */
export function deriveCommitment(dataKey: SecretBuffer, messageId: Uint8Array): Uint8Array {
  return dataKey.use((bytes) => hkdfSha512(bytes, messageId, utf8('COMMITKEY'), keyBytes))
}

/** The key that encrypts one message; the caller zeroes it. */
export function deriveMessageKey(suite: Suite, dataKey: SecretBuffer, messageId: Uint8Array): Uint8Array<ArrayBuffer> {
  const info = concatBytes(u16(suite.id), utf8('DERIVEKEY'))
  return dataKey.use((bytes) => hkdfSha512(bytes, messageId, info, keyBytes))
}

/** The tag that ends a header (section 1.2). */
export function authenticateHeader(messageKey: Uint8Array, body: Uint8Array): Uint8Array {
  return encryptAesGcm(messageKey, zeroIv, nothing, body).tag
}

/**
 * The message key of a header, which is authenticated by this; the caller zeroes it. The commitment is compared before
 * the key is derived. FILE_TAMPERED when commitment or header tag does not fit the data key.
 */
export function openHeader(header: FileHeader, dataKey: SecretBuffer): Uint8Array<ArrayBuffer> {
  const { suite, messageId, body, tag } = header
  if (!equalBytes(deriveCommitment(dataKey, messageId), header.commitment)) throw tampered()
  const messageKey = deriveMessageKey(suite, dataKey, messageId)
  if (decryptAesGcm(messageKey, zeroIv, nothing, tag, body)) return messageKey
  zero(messageKey)
  throw tampered()
}
