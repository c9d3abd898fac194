import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

/** What the default places depend on; a parameter so that each system's rule can be tested on any of them. */
export interface PathsEnvironment {
  env: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  home: string
}

/** The environment of this process. */
export function currentPathsEnvironment(): PathsEnvironment {
  return { env: process.env, platform: process.platform, home: homedir() }
}

/**
 * Where the vault lives: KEYSTEAD_VAULT when set (a relative one from the working folder), otherwise `keystead/vault`
 * under the system's place for a user's application data. Empty variables count as not set, and XDG_DATA_HOME must be
 * absolute, as its specification demands.
 */
export function defaultVaultFolder(from: PathsEnvironment = currentPathsEnvironment()): string {
  const { resolve, join } = rulesOf(from.platform)
  const chosen = from.env['KEYSTEAD_VAULT']
  return chosen ? resolve(chosen) : join(dataFolder(from), 'vault')
}

/** Where settings and logs of the application live when Electron does not say: `keystead` under the same place. */
export function dataFolder(from: PathsEnvironment = currentPathsEnvironment()): string {
  const { join, isAbsolute } = rulesOf(from.platform)
  if (from.platform === 'darwin') return join(from.home, 'Library', 'Application Support', 'Keystead')
  if (from.platform === 'win32') return join(from.env['LOCALAPPDATA'] || join(from.home, 'AppData', 'Local'), 'Keystead')
  const xdg = from.env['XDG_DATA_HOME']
  return join(xdg && isAbsolute(xdg) ? xdg : join(from.home, '.local', 'share'), 'keystead')
}

function rulesOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix
}
