import type { KeySpec } from '../../src-shared/model/keys'
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

/**
 * Where the material of keys is and works. The software provider keeps it sealed in the vault; a token provider leaves
 * it on the token, so material never passes through this port.
 */
export interface KeyProvider {
  /** Makes the material of a new version as part of the transaction that writes the key. */
  createMaterial(tx: RecordTransaction, version: KeyVersionRef): Promise<void>
  /** AES-GCM with a fresh random nonce. `plaintext` stays the caller's. */
  encrypt(version: KeyVersionRef, plaintext: Uint8Array, associatedData: Uint8Array): Promise<SealedBytes>
  /** Null when it does not authenticate. The plaintext is the caller's, who zeroes it. */
  decrypt(version: KeyVersionRef, sealed: SealedBytes, associatedData: Uint8Array): Promise<Uint8Array | null>
}
