import { KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import { uuid } from '../crypto/random'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { PassphraseSlot } from './header'
import type { SlotKdfs } from './slot-kdf'
import { unwrapRootKey, wrapRootKey } from './slot-wrapping'

/** PASSPHRASE_TOO_WEAK under eight characters; counts characters of the UTF-8 text without making a string of it. */
export function checkPassphraseStrength(passphrase: Uint8Array): void {
  const characters = passphrase.reduce((count, byte) => count + ((byte & 0xc0) === 0x80 ? 0 : 1), 0)
  if (characters >= limits.passphraseMinChars) return
  throw new KmsError('PASSPHRASE_TOO_WEAK', `The passphrase needs at least ${limits.passphraseMinChars} characters.`, { limit: limits.passphraseMinChars })
}

/** What a passphrase slot is made for. */
export interface PassphraseSlotRequest {
  root: SecretBuffer
  passphrase: Uint8Array
  vaultId: string
  createdAt: string
  kdfTargetMs?: number
}

/** A new slot that opens with `passphrase`; root key and passphrase are borrowed. PASSPHRASE_TOO_WEAK. */
export async function makePassphraseSlot(kdfs: SlotKdfs, request: PassphraseSlotRequest): Promise<PassphraseSlot> {
  const { root, passphrase, vaultId, createdAt, kdfTargetMs } = request
  checkPassphraseStrength(passphrase)
  const slot = { kind: 'passphrase', slotId: uuid(), createdAt, kdf: await kdfs.choose(kdfTargetMs) } as const
  const secret = await kdfs.derive(passphrase, slot.kdf)
  const wrapped = wrapRootKey(root, secret, vaultId, slot)
  secret.destroy()
  return { ...slot, wrapped }
}

/** The root key, for the caller to destroy; null for a wrong passphrase. KDF_OUT_OF_RANGE. */
export async function openPassphraseSlot(kdfs: SlotKdfs, slot: PassphraseSlot, vaultId: string, passphrase: Uint8Array): Promise<SecretBuffer | null> {
  const secret = await kdfs.derive(passphrase, slot.kdf)
  const root = unwrapRootKey(secret, vaultId, slot)
  secret.destroy()
  return root
}
