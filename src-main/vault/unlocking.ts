import { KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { Keyring, Log } from '../platform/ports'
import type { Header, PassphraseSlot, QuickUnlockSlot, RecoverySlot, TokenSlot } from './header'
import { openPassphraseSlot } from './passphrase-slot'
import { slotNotFound, wrongPassphrase } from './problems'
import { deviceKeyAccount, fetchDeviceKey, openQuickUnlockSlot } from './quick-unlock-slot'
import { openRecoverySlot } from './recovery-slot'
import type { SlotKdfs } from './slot-kdf'
import { openTokenSlot } from './token-slot'
import type { TokenPort } from './token-port'
import type { VaultFiles } from './vault-files'

/** The root key (the caller destroys it), the slot that gave it, and the header as it is on disk now. */
export interface Unwrapped {
  root: SecretBuffer
  slotId: string
  header: Header
}

/** Null when the vault has none. */
export function passphraseSlotOf(header: Header): PassphraseSlot | null {
  return header.slots.find((slot) => slot.kind === 'passphrase') ?? null
}

/** Null when the vault has none. */
export function recoverySlotOf(header: Header): RecoverySlot | null {
  return header.slots.find((slot) => slot.kind === 'recovery-kit') ?? null
}

/** Empty when the vault has none. */
export function tokenSlotsOf(header: Header): TokenSlot[] {
  return header.slots.filter((slot) => slot.kind === 'token')
}

/** WRONG_PASSPHRASE, SLOT_NOT_FOUND, KDF_OUT_OF_RANGE. The passphrase is borrowed. */
export async function unwrapWithPassphrase(kdfs: SlotKdfs, header: Header, passphrase: Uint8Array): Promise<Unwrapped> {
  const slot = passphraseSlotOf(header)
  if (!slot) throw slotNotFound()
  const root = await openPassphraseSlot(kdfs, slot, header.vaultId, passphrase)
  if (!root) throw wrongPassphrase()
  return { root, slotId: slot.slotId, header }
}

/** WRONG_RECOVERY_WORDS, RECOVERY_WORDS_MISTYPED, SLOT_NOT_FOUND. The words are borrowed. */
export function unwrapWithWords(header: Header, words: Uint8Array): Unwrapped {
  const slot = recoverySlotOf(header)
  if (!slot) throw slotNotFound()
  const root = openRecoverySlot(slot, header.vaultId, words)
  if (!root) throw new KmsError('WRONG_RECOVERY_WORDS', 'These recovery words belong to another vault or to an older recovery kit.')
  return { root, slotId: slot.slotId, header }
}

/**
 * Tries the PIN at one token: the one of `slotId`, else the first that is there. SLOT_NOT_FOUND, TOKEN_SLOT_REFUSED, and the
 * errors of TokenPort.decrypt. The PIN is borrowed.
 */
export async function unwrapWithToken(tokens: TokenPort, header: Header, slotId: string | null, pin: Uint8Array | null): Promise<Unwrapped> {
  const slots = tokenSlotsOf(header).filter((slot) => slotId === null || slot.slotId === slotId)
  const slot = slots.length > 1 ? await firstPresent(tokens, slots) : slots[0]
  if (!slot) throw slotNotFound()
  return { root: await openTokenSlot(tokens, slot, header.vaultId, pin), slotId: slot.slotId, header }
}

/** The same for the header as it is by now, with a root key of its own. SLOT_NOT_FOUND when the slot was removed or changed meanwhile. */
export function stillUnwrapped({ root, slotId, header: before }: Unwrapped, header: Header): Unwrapped {
  const [then, now] = [before, header].map(({ slots }) => slots.find((slot) => slot.slotId === slotId))
  if (before.vaultId !== header.vaultId || !now || now.wrapped !== then?.wrapped) throw slotNotFound()
  return { root: root.clone(), slotId, header }
}

async function firstPresent(tokens: TokenPort, slots: readonly TokenSlot[]): Promise<TokenSlot | undefined> {
  for (const slot of slots) if (await tokens.isPresent(slot)) return slot
  // The first one says what is missing.
  return slots[0]
}

/** Where PIN tries are counted and the device key lives. */
export interface PinParts {
  files: VaultFiles
  keyring: Keyring
  kdfs: SlotKdfs
  log: Log
}

/**
 * Tries a PIN. The try is on disk before it is made, so that killing the process gives no free ones; asking the keychain
 * is none. WRONG_PIN with the tries left, QUICK_UNLOCK_REMOVED after the last, SLOT_NOT_FOUND, KEYCHAIN_MISSING,
 * KEYCHAIN_LOCKED, KEYCHAIN_TIMEOUT, KDF_OUT_OF_RANGE. The PIN is borrowed.
 */
export async function unwrapWithPin(parts: PinParts, header: Header, pin: Uint8Array): Promise<Unwrapped> {
  const slot = header.quickUnlock
  if (!slot) throw slotNotFound()
  if (slot.attemptsLeft === 0) throw await removeQuickUnlock(parts, header, slot)
  const deviceKey = await fetchDeviceKey(parts.keyring, header.vaultId, slot.slotId)
  try {
    return await tryPin(parts, header, slot, deviceKey, pin)
  } finally {
    deviceKey.destroy()
  }
}

async function tryPin(parts: PinParts, header: Header, slot: QuickUnlockSlot, deviceKey: SecretBuffer, pin: Uint8Array): Promise<Unwrapped> {
  const attemptsLeft = slot.attemptsLeft - 1
  await parts.files.writeHeader({ ...header, quickUnlock: { ...slot, attemptsLeft } })
  const root = await openQuickUnlockSlot(parts.kdfs, slot, header.vaultId, deviceKey, pin)
  if (root) {
    const restored = { ...header, quickUnlock: { ...slot, attemptsLeft: limits.pinAttempts } }
    await parts.files.writeHeader(restored).catch((error: unknown) => {
      root.destroy()
      throw error
    })
    return { root, slotId: slot.slotId, header: restored }
  }
  if (attemptsLeft === 0) throw await removeQuickUnlock(parts, header, slot)
  throw new KmsError('WRONG_PIN', 'The PIN is not right.', { attemptsLeft })
}

async function removeQuickUnlock(parts: PinParts, header: Header, slot: QuickUnlockSlot): Promise<KmsError> {
  await parts.files.writeHeader({ ...header, quickUnlock: null })
  await forgetDeviceKey(parts.keyring, parts.log, header.vaultId, slot.slotId)
  return new KmsError('QUICK_UNLOCK_REMOVED', 'The PIN was wrong too often; quick unlock was removed. Use the passphrase.')
}

/** Removes the device key of a slot that is gone; a keychain that refuses leaves a value that opens nothing. Never throws. */
export async function forgetDeviceKey(keyring: Keyring, log: Log, vaultId: string, slotId: string): Promise<void> {
  try {
    await keyring.remove(deviceKeyAccount(vaultId, slotId))
  } catch (error) {
    log.error('device-key-remove', error)
  }
}
