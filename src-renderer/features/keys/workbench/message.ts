import type { SignatureAlgorithm } from '../../../../src-shared/model/keys'
import { digestBytes } from '../../../../src-shared/model/key-specs'
import { fromFile, type CallValue } from '../../../components/workbench/calls'

/** What is to be signed or verified: what AsymmetricSign takes of a text or of a file that was chosen. */
export interface Digested {
  digest: Uint8Array
  /** Of a file. */
  fileName: string | null
  sizeBytes: number
}

/** Longer messages are read from a file in the call for other programs. */
const longestInline = 512

/** The digest of a call while it is known; a file before that, and for a long message that is signed as it is. */
export function digestInCall(digest: Uint8Array | null, hash: string | null): CallValue {
  if (digest !== null && digest.length <= longestInline) return digest
  return fromFile(hash === null ? 'message.bin' : 'digest.bin')
}

/** Name of the hash whose digest the algorithm takes; null when it takes the message. */
export function hashOf(algorithm: SignatureAlgorithm): string | null {
  if (digestBytes[algorithm] === null) return null
  if (algorithm === 'SM2DSA') return 'SM3'
  if (algorithm === 'ECDSA_SHA_384') return 'SHA-384'
  return algorithm === 'ED25519_PH_SHA_512' ? 'SHA-512' : 'SHA-256'
}
