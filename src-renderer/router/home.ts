import type { VaultStatus } from '../../src-shared/contract/vault'

/** Where the window starts in this state of the vault. */
export function homeOf(status: VaultStatus | null): '/keys' | '/welcome' | '/welcome/kit' | '/unlock' {
  if (status?.state === 'unlocked') return status.recoveryKitPending ? '/welcome/kit' : '/keys'
  return status?.state === 'none' && status.problem === null ? '/welcome' : '/unlock'
}
