import type { KeySpec } from './keys'

/** Who logs in to a token. */
export const tokenRoles = ['user', 'so'] as const
export type TokenRole = (typeof tokenRoles)[number]

export const tokenObjectClasses = ['secret-key', 'private-key', 'public-key', 'certificate', 'data', 'other'] as const
export type TokenObjectClass = (typeof tokenObjectClasses)[number]

export const tokenKeyTypes = ['AES', 'GENERIC', 'RSA', 'EC', 'EDDSA', 'OTHER'] as const
export type TokenKeyType = (typeof tokenKeyTypes)[number]

/** What a key on a token may be used for (CKA_ENCRYPT and so on). */
export const tokenKeyUses = ['encrypt', 'decrypt', 'sign', 'verify', 'wrap', 'unwrap', 'derive'] as const
export type TokenKeyUse = (typeof tokenKeyUses)[number]

/** Kinds of keys that are generated on a token. */
export const tokenKeySpecs = [
  'AES_256',
  'AES_192',
  'AES_128',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_P256',
  'EC_P384',
  'EC_P521',
  'EC_P256K',
  'ED25519',
  'GENERIC_256',
  'GENERIC_384',
  'GENERIC_512',
] as const
export type TokenKeySpec = (typeof tokenKeySpecs)[number]

/** How master keys are made on a token; specs that are not here are beyond PKCS#11. HMAC-SHA-224 takes a key of any length. */
export const tokenSpecs: Partial<Record<KeySpec, TokenKeySpec>> = {
  Aliyun_AES_256: 'AES_256',
  Aliyun_AES_192: 'AES_192',
  Aliyun_AES_128: 'AES_128',
  RSA_2048: 'RSA_2048',
  RSA_3072: 'RSA_3072',
  RSA_4096: 'RSA_4096',
  EC_P256: 'EC_P256',
  EC_P384: 'EC_P384',
  EC_P256K: 'EC_P256K',
  Ed25519: 'ED25519',
  HMAC_SHA_224: 'GENERIC_256',
  HMAC_SHA_256: 'GENERIC_256',
  HMAC_SHA_384: 'GENERIC_384',
  HMAC_SHA_512: 'GENERIC_512',
}

/** What keys of a kind can be used for; of pairs, by either part. */
export function possibleTokenKeyUses(spec: TokenKeySpec): readonly TokenKeyUse[] {
  if (spec.startsWith('AES_')) return ['encrypt', 'decrypt', 'wrap', 'unwrap', 'sign', 'verify', 'derive']
  if (spec.startsWith('RSA_')) return ['sign', 'verify', 'encrypt', 'decrypt', 'wrap', 'unwrap']
  return spec === 'ED25519' ? ['sign', 'verify'] : ['sign', 'verify', 'derive']
}

export const tokenLimits = {
  /** Bytes of a label of an object, UTF-8. */
  objectLabelBytes: 256,
  /** CK_TOKEN_INFO.label, UTF-8. */
  tokenLabelBytes: 32,
  /** Bytes of CKA_ID. */
  idBytes: 64,
  /** Bytes of a PIN, UTF-8; tokens have narrower limits of their own. */
  pinBytes: 255,
  /** Bytes that one cryptographic call takes. */
  dataBytes: 1024 * 1024,
  randomBytes: 4096,
  modules: 32,
} as const

/** Why a file is not taken as a PKCS#11 module. */
export const moduleFileProblems = ['not-absolute', 'not-a-library', 'other-architecture', 'writable-by-others', 'not-pkcs11'] as const
export type ModuleFileProblem = (typeof moduleFileProblems)[number]

/** What is known of a PIN's tries; `low`: at least one was wrong since the last right one. */
export const pinStates = ['ok', 'low', 'final', 'locked', 'not-set', 'to-be-changed'] as const
export type PinState = (typeof pinStates)[number]

/** Modules whose tokens are files: by what they say of themselves, as a program that pretends could not be told anyway. */
const software = /softhsm|nss|softokn|kryoptic/i

/** Whether the bytes of a token are in files of this machine. `more`: what its slot says. */
export function isSoftwareToken({ manufacturer, model }: { manufacturer: string; model: string }, more = ''): boolean {
  return software.test(`${manufacturer} ${model} ${more}`)
}

/** The name under which people know a token's kind. */
export function tokenProduct({ manufacturer, model }: { manufacturer: string; model: string }): string {
  return /softhsm/i.test(model) ? 'SoftHSM' : [manufacturer, model].filter((part) => part !== '').join(' ')
}

/** Whether a key on a token can be used now; `unreachable`: its module does not work. */
export const tokenAvailabilities = ['ready', 'login-needed', 'absent', 'unreachable'] as const
export type TokenAvailability = (typeof tokenAvailabilities)[number]

/** What speaks against a key that is to be made on a token. */
export const templateProblems = ['not-offered', 'wrap-and-decrypt', 'readable', 'extractable', 'no-use', 'use-not-possible', 'asks-each-time-not-possible'] as const
export type TemplateProblem = (typeof templateProblems)[number]

/** What a vault needs an object on a token for; `other-vault`: a vault has made it, by its label, and not the one that is open. */
export const vaultUseKinds = ['master-key', 'unlock-slot', 'other-vault'] as const
export type VaultUseKind = (typeof vaultUseKinds)[number]

/** How a key on a token keeps the secret of an unlock slot. */
export const tokenSlotAlgorithms = ['RSA_OAEP_SHA_256', 'AES_GCM'] as const
export type TokenSlotAlgorithm = (typeof tokenSlotAlgorithms)[number]
