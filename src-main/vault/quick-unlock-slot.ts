import { invalidParameter, KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import { concatBytes } from '../crypto/bytes'
import { uuid } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import type { Keyring } from '../platform/ports'
import { fromBase64, toBase64 } from './encoding'
import type { QuickUnlockSlot } from './header'
import type { SlotKdfs } from './slot-kdf'
import { unwrapRootKey, wrapRootKey } from './slot-wrapping'

const deviceKeyBytes = 32

/** Name of the device key in the keychain. */
export function deviceKeyAccount(vaultId: string, slotId: string): string {
  return `${vaultId}/quick-unlock/${slotId}`
}

/**
 * A new quick-unlock slot. Its key needs both halves: a random device key that goes into the keychain, and the PIN
 * through Argon2id; a program that reads the keychain has nothing. KEYCHAIN_MISSING, KEYCHAIN_LOCKED, KEYCHAIN_TIMEOUT,
 * INVALID_PARAMETER for a short PIN. Root key and PIN are borrowed.
 */
export async function makeQuickUnlockSlot(kdfs: SlotKdfs, keyring: Keyring, request: { root: SecretBuffer; pin: Uint8Array; vaultId: string; createdAt: string }): Promise<QuickUnlockSlot> {
  const { root, pin, vaultId, createdAt } = request
  if (pin.length < limits.pinMinDigits) throw invalidParameter('pin', `must have at least ${limits.pinMinDigits} digits`)
  const slot = { kind: 'quick-unlock', slotId: uuid(), createdAt, kdf: await kdfs.choose(), attemptsLeft: limits.pinAttempts } as const
  const deviceKey = SecretBuffer.random(deviceKeyBytes)
  try {
    const wrapped = await withBothHalves(kdfs, slot.kdf, deviceKey, pin, (secret) => wrapRootKey(root, secret, vaultId, slot))
    await keyring.set(deviceKeyAccount(vaultId, slot.slotId), deviceKey.use(toBase64))
    return { ...slot, wrapped }
  } finally {
    deviceKey.destroy()
  }
}

/**
 * The device key, for the caller to destroy. The keychain's own errors are passed on; KEYCHAIN_MISSING too when it has
 * no such entry, as on another machine.
 */
export async function fetchDeviceKey(keyring: Keyring, vaultId: string, slotId: string): Promise<SecretBuffer> {
  const text = await keyring.get(deviceKeyAccount(vaultId, slotId))
  const bytes = text === null ? null : fromBase64(text)
  if (!bytes || bytes.length !== deviceKeyBytes) {
    throw new KmsError('KEYCHAIN_MISSING', 'The keychain does not hold the key for quick unlock. Use the passphrase.')
  }
  return SecretBuffer.take(bytes)
}

/** The root key, for the caller to destroy; null for a wrong PIN. Device key and PIN are borrowed. KDF_OUT_OF_RANGE. */
export async function openQuickUnlockSlot(kdfs: SlotKdfs, slot: QuickUnlockSlot, vaultId: string, deviceKey: SecretBuffer, pin: Uint8Array): Promise<SecretBuffer | null> {
  return withBothHalves(kdfs, slot.kdf, deviceKey, pin, (secret) => unwrapRootKey(secret, vaultId, slot))
}

async function withBothHalves<T>(kdfs: SlotKdfs, kdf: QuickUnlockSlot['kdf'], deviceKey: SecretBuffer, pin: Uint8Array, work: (secret: SecretBuffer) => T): Promise<T> {
  const fromPin = await kdfs.derive(pin, kdf)
  const joined = SecretBuffer.take(deviceKey.use((device) => fromPin.use((derived) => concatBytes(device, derived))))
  try {
    return work(joined)
  } finally {
    fromPin.destroy()
    joined.destroy()
  }
}
