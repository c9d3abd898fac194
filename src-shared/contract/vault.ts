import { z } from 'zod'
import { bytes, empty, passphrase, pathHandle, text, timestamp, windowCount, windowOffset } from './fields'
import { limits } from '../model/limits'
import { tokenSlotAlgorithms } from '../model/tokens'
import { tokenId, tokenLogin, tokenObjectId } from './tokens'

export const slotKinds = ['passphrase', 'recovery-kit', 'quick-unlock', 'token'] as const
export type SlotKind = (typeof slotKinds)[number]

/** State of the operating system's keychain as last probed; null before the first probe. */
export const keychainStates = ['available', 'missing', 'locked', 'timeout'] as const
export type KeychainState = (typeof keychainStates)[number]

export const vaultStates = ['none', 'locked', 'unlocked'] as const

export const vaultStatus = z.strictObject({
  state: z.enum(vaultStates),
  /** The vault's display name; null when there is no vault. */
  name: z.string().nullable(),
  vaultId: z.string().nullable(),
  /** Kinds of the slots that exist, for the unlock screen. */
  slots: z.array(z.enum(slotKinds)),
  /** Tokens that open the vault, for the unlock screen; whether they are there is told by listTokens. */
  tokenSlots: z.array(z.strictObject({ slotId: z.string(), label: z.string(), serial: z.string() })),
  /** Tries left for the PIN; null without a quick-unlock slot. */
  pinAttemptsLeft: z.int().nullable(),
  keychain: z.enum(keychainStates).nullable(),
  /** The file is older than the one last seen on this machine (a copy was put back). */
  rolledBack: z.boolean(),
  /** Words wait to be saved, printed or dismissed. */
  recoveryKitPending: z.boolean(),
  /** Reason the vault file cannot be opened at all; null normally. */
  problem: z.enum(['VAULT_IN_USE', 'VAULT_DAMAGED', 'VAULT_NEWER_VERSION', 'VAULT_INSECURE']).nullable(),
})
export type VaultStatus = z.infer<typeof vaultStatus>

export const slotEntry = z.strictObject({
  slotId: z.string(),
  kind: z.enum(slotKinds),
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable(),
  /** Argon2id cost in words for the settings page; null for a slot with no KDF. */
  kdf: z.strictObject({ memoryKib: z.int(), passes: z.int(), lanes: z.int() }).nullable(),
  /** The token of a token slot; null for the others. */
  token: z.strictObject({ label: z.string(), serial: z.string(), model: z.string(), manufacturer: z.string(), algorithm: z.enum(tokenSlotAlgorithms) }).nullable(),
})
export type SlotEntry = z.infer<typeof slotEntry>

export const auditResults = ['ok', 'refused', 'failed'] as const

export const auditEntry = z.strictObject({
  sequence: z.int(),
  time: timestamp,
  face: z.enum(['ipc', 'cli', 'endpoint', 'system']),
  client: z.string(),
  operation: z.string(),
  /** Key id, alias, slot id or job id; empty when the operation has none. */
  resource: z.string(),
  result: z.enum(auditResults),
  /** Error code when the result is not ok. */
  code: z.string().nullable(),
  /** How many calls the entry stands for, the first of them at its time; absent: one. */
  count: z.int().optional(),
})
export type AuditEntry = z.infer<typeof auditEntry>

/** How a token signs the audit log: by what its key is for. */
export const auditSignatureAlgorithms = ['RSA_PKCS1_SHA_256', 'ECDSA_SHA_256', 'ECDSA_SHA_384'] as const
export type AuditSignatureAlgorithm = (typeof auditSignatureAlgorithms)[number]

export const auditSignature = z.strictObject({
  signatureId: z.string(),
  /** The last entry that it covers; all before it are covered as well. */
  sequence: z.int(),
  time: timestamp,
  algorithm: z.enum(auditSignatureAlgorithms),
  tokenLabel: z.string(),
  tokenSerial: z.string(),
  /** SHA-256 of the public key (SPKI), hex. */
  keyFingerprint: z.string(),
})
export type AuditSignature = z.infer<typeof auditSignature>

/** `does-not-fit`: the entries up to there are not the ones that were signed, or the signature is not the key's. */
export const signatureOutcomes = ['valid', 'does-not-fit'] as const

const recoveryWords = z.array(z.string().min(1).max(16)).length(24)
const vaultName = text(64, 1)
/** Target time of one key derivation in milliseconds; the floor of the parameters stays. */
const kdfTargetMs = z.int().min(1).max(10_000).optional()
const status = z.strictObject({ status: vaultStatus })
const pin = bytes(limits.pinMinDigits, 64)

export const vaultSchemas = {
  vaultStatus: { request: empty, response: status },
  createVault: {
    request: z.strictObject({ passphrase, name: vaultName.default('Keystead'), kdfTargetMs }),
    response: z.strictObject({ status: vaultStatus, recoveryWords }),
  },
  unlockVault: { request: z.strictObject({ passphrase }), response: status },
  unlockWithPin: { request: z.strictObject({ pin }), response: status },
  /** Words as the user typed them, UTF-8, separated by white space; opens the vault and sets a new passphrase when one is given. */
  unlockWithRecoveryWords: {
    request: z.strictObject({ words: bytes(1, 1024), newPassphrase: passphrase.optional() }),
    response: status,
  },
  /** With the token of a slot, else with the first one that is there. The PIN is tried once; absent: the reader asks for it. */
  unlockWithToken: { request: z.strictObject({ slotId: text(64, 1).optional(), pin: tokenLogin.userPin }), response: status },
  lockVault: { request: empty, response: status },
  /** The page tells that the user is active; resets the idle clock. */
  reportActivity: { request: empty, response: empty },
  listUnlockSlots: {
    request: empty,
    response: z.strictObject({ slots: z.array(slotEntry), keychain: z.enum(keychainStates) }),
  },
  changePassphrase: {
    request: z.strictObject({ currentPassphrase: passphrase, newPassphrase: passphrase, kdfTargetMs }),
    response: empty,
  },
  renewRecoveryKit: {
    request: z.strictObject({ passphrase }),
    response: z.strictObject({ recoveryWords }),
  },
  /** Asks where and writes the pending words as a text file (0600). null = the user cancelled. */
  saveRecoveryKit: { request: empty, response: z.strictObject({ fileName: z.string().nullable() }) },
  printRecoveryKit: { request: empty, response: z.strictObject({ printed: z.boolean() }) },
  dismissRecoveryKit: { request: empty, response: empty },
  addQuickUnlock: {
    request: z.strictObject({ passphrase, pin }),
    response: z.strictObject({ slot: slotEntry }),
  },
  /** A key on the token that decrypts opens the vault from now on, together with the token's PIN. */
  addTokenSlot: {
    request: z.strictObject({ passphrase, tokenId, objectId: tokenObjectId, ...tokenLogin }),
    response: z.strictObject({ slot: slotEntry }),
  },
  removeUnlockSlot: { request: z.strictObject({ slotId: text(64, 1) }), response: empty },
  backupVault: {
    request: z.strictObject({ target: pathHandle('target'), backupPassphrase: passphrase }),
    response: z.strictObject({ fileName: z.string(), sizeBytes: z.int(), records: z.int() }),
  },
  /** The restore drill: decrypts everything in memory, writes nothing. */
  checkBackup: {
    request: z.strictObject({ backup: pathHandle('backup'), backupPassphrase: passphrase }),
    response: z.strictObject({ vaultName: z.string(), createdAt: timestamp, records: z.int(), keys: z.int(), auditEntries: z.int() }),
  },
  /** Restores into a new vault (there must be none); the passphrase of the restored vault is the backup's. */
  restoreVault: {
    request: z.strictObject({ backup: pathHandle('backup'), backupPassphrase: passphrase }),
    response: status,
  },
  listAuditEntries: {
    request: z.strictObject({
      offset: windowOffset,
      count: windowCount,
      operation: text(64).default(''),
      result: z.enum([...auditResults, 'any']).default('any'),
      search: text(256).default(''),
      /** Only entries of this resource. */
      resource: text(512).default(''),
    }),
    response: z.strictObject({ total: z.int(), entries: z.array(auditEntry) }),
  },
  verifyAudit: {
    request: empty,
    response: z.strictObject({
      intact: z.boolean(),
      entries: z.int(),
      brokenAt: z.int().nullable(),
      /** Newest first. */
      signatures: z.array(z.strictObject({ ...auditSignature.shape, outcome: z.enum(signatureOutcomes) })),
    }),
  },
  /** RSA, P-256, P-384 or secp256k1. The signature covers every entry so far; what is done later needs another one. */
  signAuditLog: { request: z.strictObject({ tokenId, objectId: tokenObjectId, ...tokenLogin }), response: z.strictObject({ signature: auditSignature }) },
  /** Newest first, as they were kept; verifyAudit compares them. */
  listAuditSignatures: { request: empty, response: z.strictObject({ signatures: z.array(auditSignature) }) },
}
