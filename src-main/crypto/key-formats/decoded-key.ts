import type { AsymmetricKeySpec } from '../../../src-shared/model/keys'
import type { SecretBuffer } from '../secret-buffer'

export type PrivateKeyFormat = 'PKCS8' | 'ENCRYPTED_PKCS8' | 'PKCS1' | 'SEC1' | 'OPENSSH' | 'PKCS12' | 'JWK'

/** A private key whose parts have been found to belong together. */
export interface PrivateKeyParts {
  keySpec: AsymmetricKeySpec
  /** RSA: PKCS#8 DER. Curves: the scalar, big-endian, as long as the order. Ed25519: the seed. The caller destroys it. */
  material: SecretBuffer
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Uint8Array
}

export interface DecodedPrivateKey extends PrivateKeyParts {
  format: PrivateKeyFormat
  /** DER, in the order of the file; of PKCS#12 only. Whether one of them is the key's own is for the caller to find out. */
  certificates?: Uint8Array[]
}
