import type { EncryptionAlgorithm, KeySpec, MacAlgorithm, SignatureAlgorithm } from '../../src-shared/model/keys'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { RecordTransaction } from '../vault/records'

/** One version of one key, as a provider knows it. */
export interface KeyVersionRef {
  keyId: string
  keyVersionId: string
  keySpec: KeySpec
}

/** Result of an authenticated encryption. The arrays are the caller's. */
export interface SealedBytes {
  nonce: Uint8Array
  ciphertext: Uint8Array
  tag: Uint8Array
}

/** Material that exists and is not yet the material of a version. */
export interface NewMaterial {
  /** SPKI DER; null for a key without public part. */
  readonly publicKey: Uint8Array | null
  /** Forgets the material; safe to call more than once, and after store(). */
  destroy(): void
}

/**
 * Where the material of keys is and works. The software provider keeps it sealed in the vault; a token provider leaves
 * it on the token, so that none passes through this port. What only needs the public key (verify, encrypt for a
 * public key) is not here: public keys are rows of the keystore.
 */
export interface KeyProvider {
  /** Makes the material of a new version. May take seconds (RSA), blocks nothing, and changes no row. */
  generate(keySpec: KeySpec): Promise<NewMaterial>
  /** Keeps `material` as that of a version, in the transaction that writes the key. */
  store(tx: RecordTransaction, version: KeyVersionRef, material: NewMaterial): Promise<void>
  /** Destroys the material of a version; nothing when there is none. */
  remove(tx: RecordTransaction, version: KeyVersionRef): Promise<void>
  /** Symmetric specs: authenticated encryption (GCM) with a fresh random nonce. `plaintext` stays the caller's. */
  encrypt(version: KeyVersionRef, plaintext: Uint8Array, associatedData: Uint8Array): Promise<SealedBytes>
  /** Null when it does not authenticate. The plaintext is the caller's, who zeroes it. */
  decrypt(version: KeyVersionRef, sealed: SealedBytes, associatedData: Uint8Array): Promise<Uint8Array | null>
  /** Null for every failure. The plaintext is the caller's, who zeroes it. */
  asymmetricDecrypt(version: KeyVersionRef, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array | null>
  /** `digest` as the algorithm takes it (model/key-specs). ECDSA and SM2 signatures are DER. */
  sign(version: KeyVersionRef, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array>
  /** As sign(), with material that no version has yet: what asks for a certificate is made in the same act as its key. */
  signWithNew(material: NewMaterial, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array>
  mac(version: KeyVersionRef, algorithm: MacAlgorithm, message: Uint8Array): Promise<Uint8Array>
  /** A copy of the material, for the caller to destroy; null where it cannot leave. Whether it may is not asked here. */
  export(version: KeyVersionRef): Promise<SecretBuffer | null>
  /** Called at lock: forgets every opened material. */
  close(): void
}
