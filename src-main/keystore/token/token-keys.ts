import type { EncryptionAlgorithm, KeySpec, KeyUsage, MacAlgorithm, SignatureAlgorithm } from '../../../src-shared/model/keys'
import type { TokenAvailability } from '../../../src-shared/model/tokens'

/** What a token says of itself. By manufacturer, model and serial number it is found again, wherever it is plugged in. */
export interface TokenIdentity {
  manufacturer: string
  model: string
  serial: string
  /** For people only: two tokens may have the same. */
  label: string
}

/** A token as it was chosen. */
export interface ChosenToken extends TokenIdentity {
  /** Where it is now: of two that say the same of themselves this one is meant. */
  tokenId: string
  /** Its id as an instance of the KMS, which does not depend on the slot or on the module that reaches it. */
  instanceId: string
}

/** One key on a token. Its parts have one CKA_ID. */
export interface TokenKeyRef {
  token: TokenIdentity | ChosenToken
  ckaId: Uint8Array
}

export interface NewTokenKey {
  keySpec: KeySpec
  keyUsage: KeyUsage
  /** CKA_LABEL. */
  label: string
}

/**
 * What the keystore needs of tokens. All methods throw TOKEN_NOT_FOUND while the token is absent, TOKEN_LOGIN_NEEDED while
 * nobody is logged in, both with the token's label, and the codes of token modules. Byte arguments stay the caller's;
 * results are the caller's.
 */
export interface TokenKeys {
  /** The token that has this id now, or is this instance. TOKEN_AMBIGUOUS when several say that they are. */
  identify(id: string): Promise<ChosenToken>
  /** UNSUPPORTED_PROTECTION_LEVEL when the token cannot make such a key, or cannot do all that such a key does. */
  requirePossible(token: TokenIdentity | ChosenToken, keySpec: KeySpec, keyUsage: KeyUsage): Promise<void>
  /** Makes a key that never leaves the token; gives the public key as SPKI DER, null when there is none. */
  generate(key: TokenKeyRef, made: NewTokenKey): Promise<Uint8Array | null>
  /** AES-GCM with a tag of 16 bytes: ciphertext ‖ tag. */
  sealGcm(key: TokenKeyRef, nonce: Uint8Array, plaintext: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array>
  /** `sealed`: ciphertext ‖ tag. Null when it does not authenticate. */
  openGcm(key: TokenKeyRef, nonce: Uint8Array, sealed: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array | null>
  /** Null for every failure of the ciphertext. */
  decrypt(key: TokenKeyRef, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array | null>
  /** ECDSA signatures are DER. UNSUPPORTED_OPERATION for an algorithm that tokens do not know. */
  sign(key: TokenKeyRef, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array>
  mac(key: TokenKeyRef, algorithm: MacAlgorithm, message: Uint8Array): Promise<Uint8Array>
  /** Destroys all parts of the key; nothing when there are none. */
  destroy(key: TokenKeyRef): Promise<void>
  /** Whether keys of the token can be used now. Throws nothing. */
  availabilityOf(token: TokenIdentity): Promise<TokenAvailability>
}
