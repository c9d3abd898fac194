import { createHash } from 'node:crypto'
import { z } from 'zod'
import { limits } from '../../src-shared/model/limits'
import { equalBytes, utf8 } from '../crypto/bytes'
import { hmacSha256 } from '../crypto/hmac'
import { fromBase64, toBase64 } from './encoding'
import { damaged, newerVersion } from './problems'
import type { VaultKeys } from './vault-keys'

/** Version of vault.json that this code writes. */
export const headerVersion = 1
/** vault.json is never larger. */
export const headerMaxBytes = 64 * 1024

const saltBytes = 16
/** A root key sealed by AES-256-GCM: IV 12, key 32, tag 16. */
const wrappedBytes = 60

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
const keptSlot = z.discriminatedUnion('kind', [passphraseSlotSchema, recoverySlot])

const headerSchema = z.strictObject({
  format: z.literal('keystead-vault'),
  version: z.literal(headerVersion),
  vaultId: z.uuid(),
  name: z.string().min(1).max(64),
  createdAt: time,
  revision: uint.min(1),
  slots: z
    .array(keptSlot)
    .min(1)
    .max(2)
    .refine((slots) => new Set(slots.map((slot) => slot.kind)).size === slots.length),
  quickUnlock: quickUnlockSlot.nullable(),
  mac: base64(32),
})
const checksummed = z.strictObject({ ...headerSchema.shape, checksum: z.string().regex(/^[0-9a-f]{64}$/) })

export type PassphraseSlot = z.infer<typeof passphraseSlotSchema>
export type RecoverySlot = z.infer<typeof recoverySlot>
export type QuickUnlockSlot = z.infer<typeof quickUnlockSlot>
export type Slot = PassphraseSlot | RecoverySlot | QuickUnlockSlot
export type SlotKdf = z.infer<typeof kdf>
/** What vault.json holds: all that must be readable before unlock (vault-format section 3). */
export type Header = z.infer<typeof headerSchema>
/** A header whose authentication code still has to be made. */
export type UnsealedHeader = Omit<Header, 'mac'>

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
  if (!parsed.success) throw damaged()
  const { checksum: _, ...header } = parsed.data
  if (!equalBytes(serialiseHeader(header), bytes)) throw damaged()
  return header
}

/**
 * Completes a header with its code under the header key. It covers everything but the quick-unlock slot, whose counter
 * changes while the vault is locked.
 */
export function authenticateHeader(keys: VaultKeys, header: UnsealedHeader): Header {
  const { format, version, vaultId, name, createdAt, revision, slots, quickUnlock } = header
  return { format, version, vaultId, name, createdAt, revision, slots, quickUnlock, mac: toBase64(macOf(keys, header)) }
}

/** VAULT_DAMAGED when slots or name are not those that this vault's keys have signed. */
export function checkHeader(keys: VaultKeys, header: Header): void {
  const mac = fromBase64(header.mac)
  if (!mac || !equalBytes(mac, macOf(keys, header))) throw damaged()
}

function macOf(keys: VaultKeys, header: UnsealedHeader): Uint8Array {
  const { format, version, vaultId, name, createdAt, revision, slots } = header
  const covered = utf8(JSON.stringify([format, version, vaultId, name, createdAt, revision, slots]))
  return keys.use('header', (key) => hmacSha256(key, covered))
}

/** Tells damage from a wrong passphrase before anything is unlocked; the keyed code is what stops an attacker. */
function checksumOf(header: Header): string {
  return createHash('sha256').update(JSON.stringify(header)).digest('hex')
}

function isNewer(json: unknown): boolean {
  const known = z.looseObject({ format: z.literal('keystead-vault'), version: z.int().min(headerVersion + 1) })
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
