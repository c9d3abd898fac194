import type { KeychainState, VaultStatus } from '../../../src-shared/contract/vault'

/** Whether the PIN can be asked for: it is set up, has tries left, and the keychain was not seen to fail. */
export function canUsePin(status: VaultStatus | null): boolean {
  if (!status?.slots.includes('quick-unlock') || status.pinAttemptsLeft === 0) return false
  return status.keychain === null || status.keychain === 'available'
}

/** Why a PIN that is set up cannot be used now; null when it can, or there is none. */
export function quickUnlockTrouble(status: VaultStatus | null): Exclude<KeychainState, 'available'> | null {
  if (!status?.slots.includes('quick-unlock') || status.keychain === null || status.keychain === 'available') return null
  return status.keychain
}
