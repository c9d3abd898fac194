import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where Debian puts it; the file is found here as the app finds it. */
export const softHsmModule = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm.so'].find(existsSync) ?? '/usr/lib/softhsm/libsofthsm2.so'

/** SoftHSM with tokens in a folder of its own. Processes that are started from here on find it by SOFTHSM2_CONF. */
export class SoftHsm {
  readonly folder: string
  readonly configuration: string

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-softhsm-')))
    mkdirSync(join(this.folder, 'tokens'))
    this.configuration = join(this.folder, 'softhsm2.conf')
    writeFileSync(this.configuration, `directories.tokendir = ${join(this.folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`)
    process.env['SOFTHSM2_CONF'] = this.configuration
  }

  /** A token made by SoftHSM's own tool; PIN and officer's PIN are as given. */
  initToken(label: string, pin: string, soPin: string): void {
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', soPin], { env: this.#environment(), stdio: 'pipe' })
  }

  /** What pkcs11-tool prints for these arguments; throws with what it says when it refuses. */
  pkcs11Tool(...args: readonly string[]): string {
    return execFileSync('pkcs11-tool', ['--module', softHsmModule, ...args], { env: this.#environment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Takes all tokens out, or puts them back. SoftHSM looks for tokens when its process starts. */
  setAway(isAway: boolean): void {
    const [here, there] = [join(this.folder, 'tokens'), join(this.folder, 'away')]
    if (isAway) {
      renameSync(here, there)
      mkdirSync(here)
    } else {
      rmSync(here, { recursive: true })
      renameSync(there, here)
    }
  }

  remove(): void {
    delete process.env['SOFTHSM2_CONF']
    rmSync(this.folder, { recursive: true, force: true })
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, SOFTHSM2_CONF: this.configuration }
  }
}
