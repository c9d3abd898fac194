import type { EncryptionAlgorithm, KeySpec, KeyUsage, MacAlgorithm, ProtectionLevel, SignatureAlgorithm } from '../../src-shared/model/keys'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { RecordTransaction } from '../vault/records'
import type { ChosenToken, TokenIdentity, TokenKeyRef } from './token/token-keys'

/** One version of one key, as a provider knows it. */
export interface KeyVersionRef {
  keyId: string
  keyVersionId: string
  keySpec: KeySpec
  /** Says where its material is: HSM keys have theirs on a token. */
  protectionLevel: ProtectionLevel
}

/** The token on which the material of a new version is made, and what for. */
export interface TokenPlace {
  token: TokenIdentity | ChosenToken
  keyUsage: KeyUsage
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
  /** It is the material of a version from now on: the transaction that says so has been written. */
  keep(): void
  /** Forgets the material; what was not kept is gone then, on a token as well. Throws nothing; safe to call more than once. */
  destroy(): Promise<void> | void
}

/**
 * Where the material of keys is and works: sealed in the vault, or left on a token, so that none of it passes through this
 * port. What only needs the public key (verify, encrypt for a public key) is not here: public keys are rows of the keystore.
 */
export interface MaterialProvider {
  /** Keeps `material` as that of a version, in the transaction that writes the key. */
  store(tx: RecordTransaction, version: KeyVersionRef, material: NewMaterial): Promise<void>
  /** Removes what the vault has of the material of a version; nothing when there is none. */
  remove(tx: RecordTransaction, version: KeyVersionRef): Promise<void>
  /** Symmetric specs: authenticated encryption (GCM) with a fresh random nonce. `plaintext` stays the caller's. */
  encrypt(version: KeyVersionRef, plaintext: Uint8Array, associatedData: Uint8Array): Promise<SealedBytes>
  /** Null when it does not authenticate. The plaintext is the caller's, who zeroes it. */
  decrypt(version: KeyVersionRef, sealed: SealedBytes, associatedData: Uint8Array): Promise<Uint8Array | null>
  /** Null for every failure. The plaintext is the caller's, who zeroes it. */
  asymmetricDecrypt(version: KeyVersionRef, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array | null>
  /** `digest` as the algorithm takes it (model/key-specs). ECDSA and SM2 signatures are DER. */
  sign(version: KeyVersionRef, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array>
  mac(version: KeyVersionRef, algorithm: MacAlgorithm, message: Uint8Array): Promise<Uint8Array>
  /** A copy of the material, for the caller to destroy; null where it cannot leave. Whether it may is not asked here. */
  export(version: KeyVersionRef): Promise<SecretBuffer | null>
}

/**
 * The material of all keys. What is done with a key on a token throws TOKEN_NOT_FOUND and TOKEN_LOGIN_NEEDED, with the
 * token's label, and the codes of token modules.
 */
export interface KeyProvider extends MaterialProvider {
  /**
   * Makes the material of a new version, in the vault or at `place`. May take seconds (RSA), blocks nothing, and changes no
   * row. UNSUPPORTED_PROTECTION_LEVEL for what the token cannot do.
   */
  generate(version: KeyVersionRef, place: TokenPlace | null): Promise<NewMaterial>
  /** As sign(), with software material that no version has yet: what asks for a certificate is made in the same act as its key. */
  signWithNew(material: NewMaterial, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array>
  /** The token that a version is on; null: the vault. */
  tokenOf(version: KeyVersionRef): Promise<TokenIdentity | null>
  /** What finds the key of a version on its token; null: it is in the vault. */
  tokenKeyOf(version: KeyVersionRef): Promise<TokenKeyRef | null>
  /** Destroys what is not in the vault of a version: before remove(), which cannot be taken back. */
  destroyElsewhere(version: KeyVersionRef): Promise<void>
  /** Called at lock: forgets every opened material. */
  close(): void
}
