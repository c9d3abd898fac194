import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { inRoot, root } from './paths.mjs'
import { runNpm } from './process.mjs'
import { SetupError, step } from './report.mjs'

const stampFile = () => inRoot('node_modules', '.keystead-stamp')

const lockHash = async () => createHash('sha256').update(await readFile(inRoot('package-lock.json'))).digest('hex')

const readPackages = async (path) => JSON.parse(await readFile(path, 'utf8')).packages ?? {}

const sameRelease = (a, b) => a.version === b.version && a.integrity === b.integrity

/** For a node_modules that somebody installed by hand: npm's hidden lock file, written last, says what is there. */
async function installedByHand() {
  const wanted = await readPackages(inRoot('package-lock.json'))
  const installed = await readPackages(inRoot('node_modules', '.package-lock.json'))
  const missing = Object.entries(wanted).some(([path, entry]) => {
    if (path === '' || entry.optional || entry.devOptional || entry.extraneous) return false
    return !installed[path] || !sameRelease(entry, installed[path])
  })
  return !missing && Object.entries(installed).every(([path, entry]) => wanted[path] && sameRelease(entry, wanted[path]))
}

/** Whether node_modules is what package-lock.json asks for. */
export async function dependenciesMatchLock() {
  try {
    const stamp = await readFile(stampFile(), 'utf8').catch(() => null)
    return stamp === (await lockHash()) || (await installedByHand())
  } catch {
    return false
  }
}

/** Lets `npx keystead` find the checkout's own command without asking a registry. */
async function linkOwnCommand() {
  const link = inRoot('node_modules', '.bin', 'keystead')
  if (process.platform === 'win32' || existsSync(link)) return
  await mkdir(inRoot('node_modules', '.bin'), { recursive: true })
  await rm(link, { force: true })
  await symlink('../../scripts/keystead.mjs', link)
}

/** Made for this machine at installation: nobody publishes it ready. */
const nativeAddon = () => inRoot('node_modules', 'pkcs11js', 'build', 'Release', 'pkcs11.node')

/** Headers that came with this Node are as good as those that would be fetched otherwise. */
function ownHeaders() {
  const prefix = resolve(dirname(process.execPath), '..')
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? { npm_config_nodedir: prefix } : {}
}

async function buildNativeAddon() {
  const env = { ...ownHeaders(), ...process.env }
  const code = await runNpm(['rebuild', 'pkcs11js', '--ignore-scripts=false', '--loglevel=error'], { cwd: root, env })
  if (code === 0 && existsSync(nativeAddon())) return
  throw new SetupError(
    'The token library (pkcs11js) could not be compiled. It needs a C++ compiler, make, Python 3 and the headers of Node. Look at the message ' +
      'above, then run: npm run setup',
  )
}

async function install() {
  const code = await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
  if (code !== 0) {
    throw new SetupError(
      'The dependencies could not be installed. Look at the message of npm above (is the network there, are the proxy ' +
        'settings of npm right?), then run: npm run setup',
    )
  }
  await writeFile(stampFile(), await lockHash())
}

/** Installs exactly what package-lock.json says when node_modules is missing or differs; runs no install script but that of the token library. */
export async function ensureDependencies() {
  if (!(await dependenciesMatchLock())) await step('Installing dependencies (npm ci)', install)
  if (!existsSync(nativeAddon())) await step('Compiling the token library', buildNativeAddon)
  await linkOwnCommand()
}
