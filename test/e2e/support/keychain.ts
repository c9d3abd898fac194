import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { AppFolders } from './folders'

/** A private D-Bus session with an unlocked gnome-keyring in it, for apps that are started with `env`. */
export interface Keychain {
  env: Record<string, string>
  stop(): Promise<void>
}

/** Starts a keychain for the app with these folders. */
export async function startKeychain(folders: AppFolders): Promise<Keychain> {
  const home = join(folders.base, 'keychain')
  mkdirSync(home, { mode: 0o700 })
  const password = join(home, 'password')
  writeFileSync(password, 'keyring password\n')
  const script = join(process.cwd(), 'test', 'support', 'private-session.sh')
  const tell = 'echo "$DBUS_SESSION_BUS_ADDRESS"; read -r _'
  const child = spawn('dbus-run-session', ['--', 'bash', script, 'unlocked', password, 'sh', '-c', tell], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const [address] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: address },
    async stop() {
      const ended = once(child, 'exit')
      child.stdin.end('\n')
      await ended
    },
  }
}
