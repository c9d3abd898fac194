import { systemClock } from '../../../src-main/platform/system-clock'
import { Vault } from '../../../src-main/vault/vault'
import { noKeyring, silentLog } from '../../support/cheap-vault'

/** The key bytes in a vault that no app has open: learnt here, so that a test can look for them elsewhere. */
export async function learnKeyBytes(folder: string, passphrase: string): Promise<Buffer[]> {
  const vault = new Vault({ folder, clock: systemClock, keyring: noKeyring, log: silentLog })
  try {
    const caller = { face: 'system', client: 'test', operation: 'unlockVault' } as const
    await vault.unlockWithPassphrase(caller, new TextEncoder().encode(passphrase))
    const rows = await vault.list('key-material')
    // One version byte, then the bytes of the key.
    const keys = rows.map(({ bytes }) => Buffer.from(bytes.subarray(1)))
    await vault.lock({ ...caller, operation: 'lockVault' })
    return keys
  } finally {
    await vault.dispose()
  }
}
