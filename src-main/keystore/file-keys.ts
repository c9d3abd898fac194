import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import type { Caller } from '../../src-shared/model/caller'
import type { SecretBuffer } from '../crypto/secret-buffer'

/** Recipients that are keys of Keystead, by how the data key is wrapped. */
export type OwnRecipientKind = 'keystead-aes' | 'keystead-sm4' | 'keystead-rsa' | 'keystead-sm2'
export type RecipientKind = OwnRecipientKind | 'foreign'

/** One encrypted data key of a file header (file-format.md 1.6), fields as raw bytes. */
export interface EncryptedDataKey {
  providerId: Uint8Array
  providerInfo: Uint8Array
  ciphertext: Uint8Array
}

export interface OpenedFileKey {
  /** 32 bytes; the caller destroys it. */
  dataKey: SecretBuffer
  keyId: string
  keyVersionId: string
}

/** What the files room needs of the keystore: wrap and unwrap the data key of a file under a CMK version. */
export interface FileKeys {
  /**
   * Resolves key id, ARN or alias and checks that it can encrypt now.
   * KEY_NOT_FOUND, ALIAS_NOT_FOUND, KEY_DISABLED, KEY_PENDING_DELETION, KEY_PENDING_IMPORT, UNSUPPORTED_OPERATION.
   */
  resolveForEncryption(reference: string): { keyId: string; keyVersionId: string }
  /**
   * Refuses a key that encrypts on a token which is away, or to which nobody is logged in; nothing for other keys.
   * TOKEN_NOT_FOUND, TOKEN_LOGIN_NEEDED, and the codes of resolveForEncryption().
   */
  requireToken(reference: string): Promise<void>
  /**
   * Wraps `dataKey` under the primary version (AES, SM4) or the newest one (RSA, SM2), named `keyId/keyVersionId`: as a raw
   * AES or RSA keyring of the namespace `keystead`, or as their like in `keystead-sm4` and `keystead-sm2`.
   */
  wrapDataKey(caller: Caller, keyId: string, dataKey: SecretBuffer, context: EncryptionContext): Promise<EncryptedDataKey>
  /**
   * Opens the first entry that names a key of this vault, in order. Null when none does.
   * FILE_TAMPERED when an entry names a usable key of ours and none of those opens; KEY_DISABLED, the other state codes
   * and KEY_VERSION_RETIRED when all that fit are not usable.
   */
  unwrapDataKey(caller: Caller, entries: readonly EncryptedDataKey[], context: EncryptionContext): Promise<OpenedFileKey | null>
  /** Key and version that an entry names, when it is one of Keystead's; null for foreign entries. No vault needed. */
  describeEntry(entry: EncryptedDataKey): { keyId: string; keyVersionId: string } | null
  /** What kind of key made the entry, as its form says. No vault needed. */
  recipientKind(entry: EncryptedDataKey): RecipientKind
  /** Whether the vault has that key version in a state that can decrypt; null while locked. */
  canOpen(keyId: string, keyVersionId: string): boolean | null
}
