import type { serviceSchemas } from '../../../src-shared/contract/service'
import { KmsError } from '../../../src-shared/errors'
import type { Vault } from '../../vault/vault'
import type { HandlersOf } from '../handlers'

/** Where every key of this vault is; the region in its ARNs. */
const region = 'local'

const accountStatuses = { none: 'NotEnabled', locked: 'Locked', unlocked: 'Enabled' } as const

/** What the KMS asks of the service itself: here it is the vault on this machine. */
export function serviceHandlers(vault: Vault): HandlersOf<typeof serviceSchemas> {
  return {
    describeRegions: async () => ({ regions: [{ regionId: region }] }),
    describeAccountKmsStatus: async () => ({ accountStatus: accountStatuses[(await vault.status()).state] }),
    async openKmsService() {
      const { state } = await vault.status()
      if (state === 'none') throw new KmsError('VAULT_NOT_FOUND', 'There is no vault in this folder yet: create one first.')
      return {}
    },
  }
}
