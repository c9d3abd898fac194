import type { Clock, Keyring } from '../../src-main/platform/ports'
import { systemClock } from '../../src-main/platform/system-clock'
import { Keystore } from '../../src-main/keystore/keystore'
import { Secrets } from '../../src-main/secrets/secrets'
import { Vault } from '../../src-main/vault/vault'
import { KmsError } from '../../src-shared/errors'

/** A machine without a keychain. */
export const noKeyring: Keyring = {
  get: () => Promise.reject(new KmsError('KEYCHAIN_MISSING', 'There is no keychain.')),
  set: () => Promise.reject(new KmsError('KEYCHAIN_MISSING', 'There is no keychain.')),
  remove: () => Promise.reject(new KmsError('KEYCHAIN_MISSING', 'There is no keychain.')),
  probe: () => Promise.resolve('missing'),
}

/** In place of the floor. */
export const cheapArgon2 = { memoryKib: 64, passes: 1, lanes: 1 }

export const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined }

export const cheapPassphrase = () => new TextEncoder().encode('correct horse battery staple')

/** A real vault, with its keystore and secrets, in `folder` whose passphrase costs next to nothing to derive. */
export function openCheapVault(folder: string, clock: Clock = systemClock): { vault: Vault; keystore: Keystore; secrets: Secrets } {
  const vault = new Vault({ folder, clock, keyring: noKeyring, log: silentLog, argon2Floor: cheapArgon2 })
  const keystore = new Keystore({ clock, useAudit: vault.useAudit, log: silentLog })
  const secrets = new Secrets({ keystore, clock, useAudit: vault.useAudit, log: silentLog })
  vault.register(keystore)
  vault.register(secrets)
  return { vault, keystore, secrets }
}
