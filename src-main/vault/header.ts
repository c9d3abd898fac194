import { createHash } from 'node:crypto'
import { z } from 'zod'
import { limits } from '../../src-shared/model/limits'
import { tokenSlotAlgorithms } from '../../src-shared/model/tokens'
import { equalBytes, utf8 } from '../crypto/bytes'
import { hmacSha256 } from '../crypto/hmac'
import { fromBase64, toBase64 } from './encoding'
import { damaged, newerVersion } from './problems'
import type { VaultKeys } from './vault-keys'

/** Newest version of vault.json that is read. Version 2 is version 1 with token slots, and is written only for these. */
const newestVersion = 2
/** vault.json is never larger. */
export const headerMaxBytes = 64 * 1024

const saltBytes = 16
/** A root key sealed by AES-256-GCM: IV 12, key 32, tag 16. */
const wrappedBytes = 60

/** Of RSA with 16,384 bits. */
const maxEncryptedBytes = 2048

const uint = z.int().min(0).max(2 ** 53 - 1)
const time = z.iso.datetime({ precision: 3 })
const kdf = z.strictObject({
  algorithm: z.literal('argon2id'),
  memoryKib: uint,
  passes: uint,
  lanes: uint,
  salt: base64(saltBytes),
})
const slotBase = { slotId: z.uuid(), createdAt: time }
const wrapped = base64(wrappedBytes)
/** What a token says of itself; PKCS #11 has at most 32 bytes for each. */
const tokenText = z.string().max(64)

/** Schema of a passphrase slot, also inside backups. */
export const passphraseSlotSchema = z.strictObject({ kind: z.literal('passphrase'), ...slotBase, kdf, wrapped })
const recoverySlot = z.strictObject({ kind: z.literal('recovery-kit'), ...slotBase, salt: base64(saltBytes), wrapped })
const quickUnlockSlot = z.strictObject({
  kind: z.literal('quick-unlock'),
  ...slotBase,
  kdf,
  attemptsLeft: z.int().min(0).max(limits.pinAttempts),
  wrapped,
})
const tokenSlot = z.strictObject({
  kind: z.literal('token'),
  ...slotBase,
  serial: tokenText,
  label: tokenText,
  model: tokenText,
  manufacturer: tokenText,
  /** CKA_ID of the key, hex. */
  idHex: z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/),
  algorithm: z.enum(tokenSlotAlgorithms),
  salt: base64(saltBytes),
  /** The slot secret, encrypted for or by the key on the token. */
  encryptedSecret: z.string().max(2 * maxEncryptedBytes).refine((text) => isEncryptedSecret(fromBase64(text))),
  wrapped,
})
const keptSlot = z.discriminatedUnion('kind', [passphraseSlotSchema, recoverySlot, tokenSlot])

const headerSchema = z.strictObject({
  format: z.literal('keystead-vault'),
  version: z.literal([1, newestVersion]),
  vaultId: z.uuid(),
  name: z.string().min(1).max(64),
  createdAt: time,
  revision: uint.min(1),
  slots: z
    .array(keptSlot)
    .max(2 + limits.tokenSlots)
    .refine(isWorkable),
  quickUnlock: quickUnlockSlot.nullable(),
  mac: base64(32),
})
const checksummed = z.strictObject({ ...headerSchema.shape, checksum: z.string().regex(/^[0-9a-f]{64}$/) })

export type PassphraseSlot = z.infer<typeof passphraseSlotSchema>
export type RecoverySlot = z.infer<typeof recoverySlot>
export type QuickUnlockSlot = z.infer<typeof quickUnlockSlot>
export type TokenSlot = z.infer<typeof tokenSlot>
export type Slot = PassphraseSlot | RecoverySlot | QuickUnlockSlot | TokenSlot
export type SlotKdf = z.infer<typeof kdf>
/** What vault.json holds: all that must be readable before unlock (vault-format section 3). */
export type Header = z.infer<typeof headerSchema>
/** A header whose version and authentication code still have to be made. */
export type UnsealedHeader = Omit<Header, 'version' | 'mac'>

/** At least one slot needs neither keychain nor token; only of tokens there may be several. */
function isWorkable(slots: readonly { kind: Slot['kind'] }[]): boolean {
  const count = (kind: Slot['kind']) => slots.filter((slot) => slot.kind === kind).length
  const [passphrases, kits] = [count('passphrase'), count('recovery-kit')]
  return passphrases <= 1 && kits <= 1 && passphrases + kits >= 1 && count('token') <= limits.tokenSlots
}

/** Programs that know no token slots say of version 2 that they are too old for it, not that it is damaged. */
function versionFor(slots: Header['slots']): Header['version'] {
  return slots.some(({ kind }) => kind === 'token') ? newestVersion : 1
}

function isEncryptedSecret(bytes: Uint8Array | null): boolean {
  return bytes !== null && bytes.length >= wrappedBytes && bytes.length <= maxEncryptedBytes
}

/** The one way to write a header: fixed order of fields, two blanks, checksum last. */
export function serialiseHeader(header: Header): Uint8Array {
  const fields = headerSchema.parse(header)
  return utf8(`${JSON.stringify({ ...fields, checksum: checksumOf(fields) }, null, 2)}\n`)
}

/**
 * Reads vault.json. VAULT_NEWER_VERSION for a later version; VAULT_DAMAGED for anything that serialiseHeader would not
 * have written, byte for byte. Costs of key derivation are checked where they are used.
 */
export function parseHeader(bytes: Uint8Array): Header {
  if (bytes.length > headerMaxBytes) throw damaged()
  const json = parseJson(bytes)
  if (isNewer(json)) throw newerVersion()
  const parsed = checksummed.safeParse(json)
  if (!parsed.success || parsed.data.version !== versionFor(parsed.data.slots)) throw damaged()
  const { checksum: _, ...header } = parsed.data
  if (!equalBytes(serialiseHeader(header), bytes)) throw damaged()
  return header
}

/**
 * Completes a header with its code under the header key. It covers everything but the quick-unlock slot, whose counter
 * changes while the vault is locked.
 */
export function authenticateHeader(keys: VaultKeys, header: UnsealedHeader): Header {
  const { format, vaultId, name, createdAt, revision, slots, quickUnlock } = header
  const version = versionFor(slots)
  return { format, version, vaultId, name, createdAt, revision, slots, quickUnlock, mac: toBase64(macOf(keys, { ...header, version })) }
}

/** VAULT_DAMAGED when slots or name are not those that this vault's keys have signed. */
export function checkHeader(keys: VaultKeys, header: Header): void {
  const mac = fromBase64(header.mac)
  if (!mac || !equalBytes(mac, macOf(keys, header))) throw damaged()
}

function macOf(keys: VaultKeys, header: Omit<Header, 'mac'>): Uint8Array {
  const { format, version, vaultId, name, createdAt, revision, slots } = header
  const covered = utf8(JSON.stringify([format, version, vaultId, name, createdAt, revision, slots]))
  return keys.use('header', (key) => hmacSha256(key, covered))
}

/** Tells damage from a wrong passphrase before anything is unlocked; the keyed code is what stops an attacker. */
function checksumOf(header: Header): string {
  return createHash('sha256').update(JSON.stringify(header)).digest('hex')
}

function isNewer(json: unknown): boolean {
  const known = z.looseObject({ format: z.literal('keystead-vault'), version: z.int().min(newestVersion + 1) })
  return known.safeParse(json).success
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw damaged(error)
  }
}

function base64(length: number) {
  return z.string().max(Math.ceil(length / 3) * 4).refine((text) => fromBase64(text)?.length === length)
}
