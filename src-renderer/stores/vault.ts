import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { VaultStatus } from '../../src-shared/contract/vault'
import { kms, onEvent } from '../bridge'

/** What may be known about the vault before it is unlocked; follows main's vaultChanged. */
export const useVaultStore = defineStore('vault', () => {
  const status = shallowRef<VaultStatus | null>(null)
  const isUnlocked = computed(() => status.value?.state === 'unlocked')
  const name = computed(() => status.value?.name ?? '')

  /** Asks main for the state. Throws KmsError. */
  async function load(): Promise<VaultStatus> {
    const answer = await kms.vaultStatus()
    status.value = answer.status
    return answer.status
  }

  /** Takes a status that an operation has answered. */
  function accept(next: VaultStatus): void {
    status.value = next
  }

  /** Locks by hand; main replaces the page afterwards. Throws KmsError. */
  async function lock(): Promise<void> {
    accept((await kms.lockVault()).status)
  }

  /** Follows the events of main; answers the function that stops. */
  function follow(): () => void {
    return onEvent('vaultChanged', accept)
  }

  return { status, isUnlocked, name, load, accept, lock, follow }
})
