import { KmsError } from '../../src-shared/errors'

/** VAULT_LOCKED. */
export function vaultLocked(): KmsError {
  return new KmsError('VAULT_LOCKED', 'The vault is locked.')
}
