import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isRoot } from './paths.mjs'
import { capture } from './process.mjs'
import { SetupError } from './report.mjs'

const helperReady = (info) => info && info.uid === 0 && (info.mode & 0o7777) === 0o4755

/**
 * An ordinary user needs either unprivileged user namespaces or the setuid helper for Chromium's sandbox. Where
 * neither is there the window would die with a technical message, so the remedy is printed before.
 */
export async function ensureSandboxPossible({ dist }) {
  if (process.platform !== 'linux' || isRoot()) return
  const helper = join(dist, 'chrome-sandbox')
  const info = await stat(helper).catch(() => null)
  if (helperReady(info) || capture('unshare', ['--user', '--map-root-user', 'true']) !== null) return
  throw new SetupError(
    `This system does not let ordinary users make sandboxes of their own. Run this once, then start again:\n` +
      `  sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`,
  )
}
