import { createHash } from 'node:crypto'
import type { SignatureAlgorithm } from '../../src-shared/model/keys'
import { copyBytes } from './bytes'
import { sm2Identity } from './sm2'
import { Sm3 } from './sm3'

/** Makes the digest of a message that comes in pieces. */
export interface SigningDigest {
  update(part: Uint8Array): void
  digest(): Uint8Array
}

const hashes = {
  RSA_PSS_SHA_256: 'sha256',
  RSA_PKCS1_SHA_256: 'sha256',
  ECDSA_SHA_256: 'sha256',
  ECDSA_SHA_384: 'sha384',
  ED25519_PH_SHA_512: 'sha512',
} as const

/**
 * The digest that a signature algorithm takes; SM2DSA begins with ZA of the public key (SPKI) and the default id.
 * Null for ED25519_SHA_512, which takes the message itself.
 */
export function startSigningDigest(algorithm: SignatureAlgorithm, publicKey: Uint8Array): SigningDigest | null {
  if (algorithm === 'ED25519_SHA_512') return null
  if (algorithm === 'SM2DSA') {
    const hash = new Sm3().update(sm2Identity(publicKey))
    return { update: (part) => void hash.update(part), digest: () => hash.digest() }
  }
  const hash = createHash(hashes[algorithm])
  return { update: (part) => void hash.update(part), digest: () => copyBytes(hash.digest()) }
}

/** The digest of a whole message; for ED25519_SHA_512 a copy of the message. */
export function signingDigestOf(algorithm: SignatureAlgorithm, publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const hash = startSigningDigest(algorithm, publicKey)
  if (!hash) return copyBytes(message)
  hash.update(message)
  return hash.digest()
}
