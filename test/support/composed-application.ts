import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { compose, type Application, type ComposeOptions } from '../../src-main/compose'
import { noDesktop } from '../../src-main/operations/no-desktop'
import type { Log } from '../../src-main/platform/ports'
import type { DesktopPort } from '../../src-main/operations/desktop-port'
import { cheapArgon2, noKeyring, silentLog } from './cheap-vault'

/** All services on a vault in `folder` whose passphrase costs next to nothing to derive, with a desktop of the test's own and without a keychain. File workers are not there. */
export function composeIn(folder: string, desktop: Partial<DesktopPort> = {}, log: Log = silentLog, more: Partial<ComposeOptions> = {}): Promise<Application> {
  return compose({
    vaultFolder: join(folder, 'vault'),
    settingsFolder: join(folder, 'settings'),
    desktop: { ...noDesktop('0.0.0'), ...desktop },
    workerUrl: pathToFileURL(join(folder, 'no-worker.js')),
    keyring: noKeyring,
    argon2Floor: cheapArgon2,
    log,
    ...more,
  })
}

export const testPassphrase = () => new TextEncoder().encode('correct horse battery staple')

/** Creates the vault through dispatch at the lowest allowed cost and leaves it unlocked. */
export async function createTestVault({ dispatcher }: Application): Promise<string[]> {
  const request = { passphrase: testPassphrase(), kdfTargetMs: 1 }
  return (await dispatcher.run('createVault', request, { face: 'ipc', client: 'window' })).recoveryWords
}
