/** How a key on a token signs; the digest of ECDSA is made here, signatures of ECDSA are DER of r and s. */
export const tokenSignAlgorithms = [
  'RSA_PKCS1_SHA_256',
  'RSA_PKCS1_SHA_384',
  'RSA_PKCS1_SHA_512',
  'RSA_PSS_SHA_256',
  'RSA_PSS_SHA_384',
  'RSA_PSS_SHA_512',
  'ECDSA_SHA_256',
  'ECDSA_SHA_384',
  'ECDSA_SHA_512',
  'ED25519',
  'HMAC_SHA_256',
  'HMAC_SHA_384',
  'HMAC_SHA_512',
] as const
export type TokenSignAlgorithm = (typeof tokenSignAlgorithms)[number]

/** How a key on a token encrypts. AES: a random IV (GCM: 12 bytes, the others: 16) stands before the ciphertext. */
export const tokenEncryptAlgorithms = ['AES_GCM', 'AES_CBC_PAD', 'AES_CTR', 'RSA_OAEP_SHA_256', 'RSA_OAEP_SHA_1'] as const
export type TokenEncryptAlgorithm = (typeof tokenEncryptAlgorithms)[number]

/** How a key goes out of a token, and into one, encrypted under another key. */
export const tokenWrapAlgorithms = ['AES_KEY_WRAP_PAD', 'AES_KEY_WRAP', 'RSA_OAEP_SHA_256', 'RSA_OAEP_SHA_1'] as const
export type TokenWrapAlgorithm = (typeof tokenWrapAlgorithms)[number]

export const tokenDigestAlgorithms = ['SHA_256', 'SHA_384', 'SHA_512', 'SHA_1'] as const
export type TokenDigestAlgorithm = (typeof tokenDigestAlgorithms)[number]

/** Kinds of keys that are unwrapped on a token. */
export const unwrappedKeyTypes = ['AES', 'GENERIC', 'RSA', 'EC', 'EDDSA'] as const

/** Why a value does not leave a token as it is. `private-key`: private keys leave wrapped only. */
export const exportBarriers = ['not-extractable', 'sensitive', 'private-key'] as const
export type ExportBarrier = (typeof exportBarriers)[number]

/** What a module is tried with, on keys that live as long as the trial. */
export const trialFamilies = [
  'random',
  'digest-sha256',
  'aes-gcm',
  'aes-cbc-pad',
  'aes-ctr',
  'aes-key-wrap',
  'aes-key-wrap-pad',
  'rsa-pkcs1',
  'rsa-pss',
  'rsa-oaep-sha256',
  'rsa-oaep-sha1',
  'rsa-raw',
  'ecdsa-p256',
  'ecdsa-p384',
  'ecdsa-p521',
  'ecdsa-p256k',
  'ed25519',
  'hmac-sha256',
] as const
export type TrialFamily = (typeof trialFamilies)[number]

/** `wrong`: it answered, and the answer does not fit. `not-tried`: no key to try it with could be made. */
export const trialOutcomes = ['works', 'refuses', 'wrong', 'not-listed', 'not-tried'] as const
export type TrialOutcome = (typeof trialOutcomes)[number]

/** What is peculiar about a module. */
export const moduleQuirks = [
  /** Objects are seen after a login only. */
  'login-before-search',
  /** A token that was never initialised says that the officer's PIN is locked. */
  'blank-so-shown-locked',
  'oaep-sha1-only',
  /** It lists what it then refuses. */
  'lists-what-it-refuses',
  /** AES key wrap with padding has the number of version 2.40 (0x210A), or that of 3.0 (0x210B). */
  'wrap-pad-210a',
  'wrap-pad-210b',
  /** Keys that end with the session are not made. */
  'no-session-keys',
] as const
export type ModuleQuirk = (typeof moduleQuirks)[number]
