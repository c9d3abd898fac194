import { KmsError } from '../../src-shared/errors'
import type { AuditSignatureAlgorithm } from '../../src-shared/contract/vault'
import type { TokenSlotAlgorithm } from '../../src-shared/model/tokens'

/** A key on a token, by what stays the same wherever the token is plugged in. */
export interface TokenKeyName {
  serial: string
  label: string
  model: string
  manufacturer: string
  /** CKA_ID, hex. */
  idHex: string
  algorithm: TokenSlotAlgorithm
}

/** A key that the user has chosen from a list. */
export interface ChosenTokenKey {
  tokenId: string
  objectId: string
  /** Logs in where nobody is; null: somebody is, or the reader asks for it. Borrowed. */
  userPin: Uint8Array | null
}

/** A secret that only the key on the token gives back, and what the token says of itself. */
export interface SecretOnToken extends TokenKeyName {
  encryptedSecret: Uint8Array
}

/** A signature with the key that it fits. */
export interface SignatureByToken {
  algorithm: AuditSignatureAlgorithm
  /** SPKI. */
  publicKey: Uint8Array
  /** Of the token. */
  label: string
  serial: string
  /** ECDSA: DER of r and s. */
  signature: Uint8Array
}

/** Tokens as the vault needs them. Secrets and PINs are borrowed; `context` belongs to the ciphertext of AES. */
export interface TokenPort {
  /** Encrypts a secret and sees that the token decrypts it. TOKEN_KEY_USE_REFUSED for a key that cannot, and the token's own codes. */
  encrypt(key: ChosenTokenKey, secret: Uint8Array, context: Uint8Array): Promise<SecretOnToken>
  /**
   * Logs in once, decrypts, and logs out unless somebody was logged in before; the caller zeroes the answer. TOKEN_NOT_FOUND,
   * TOKEN_AMBIGUOUS, TOKEN_PIN_WRONG (details.pinState), TOKEN_PIN_LOCKED, TOKEN_OBJECT_NOT_FOUND, TOKEN_CIPHERTEXT_REFUSED and more. A null PIN
   * is asked for by the reader.
   */
  decrypt(key: TokenKeyName, pin: Uint8Array | null, encryptedSecret: Uint8Array, context: Uint8Array): Promise<Uint8Array>
  /** Signs with the algorithm of the audit log that the key is for. TOKEN_MECHANISM_UNSUPPORTED when it is for none. */
  sign(key: ChosenTokenKey, message: Uint8Array): Promise<SignatureByToken>
  /** Whether the token is there now. */
  isPresent(key: TokenKeyName): Promise<boolean>
}

/** Where there are no tokens at all. */
export const noTokens: TokenPort = {
  encrypt: () => Promise.reject(new KmsError('TOKEN_NOT_FOUND', 'The token is not there.')),
  decrypt: ({ label }) => Promise.reject(new KmsError('TOKEN_NOT_FOUND', 'The token is not there.', { tokenLabel: label })),
  sign: () => Promise.reject(new KmsError('TOKEN_NOT_FOUND', 'The token is not there.')),
  isPresent: async () => false,
}
