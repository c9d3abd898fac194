import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { inRoot, root } from './paths.mjs'
import { runNpm } from './process.mjs'
import { SetupError, step } from './report.mjs'

const readPackages = async (path) => JSON.parse(await readFile(path, 'utf8')).packages ?? {}

const sameRelease = (a, b) => a.version === b.version && a.integrity === b.integrity && a.resolved === b.resolved

/**
 * Whether node_modules is what package-lock.json asks for. npm writes its hidden lock file last, so it is also the
 * sign that an installation was not interrupted.
 */
export async function dependenciesMatchLock() {
  try {
    const wanted = await readPackages(inRoot('package-lock.json'))
    const installed = await readPackages(inRoot('node_modules', '.package-lock.json'))
    const missing = Object.entries(wanted).some(([path, entry]) => {
      if (path === '' || entry.optional || entry.devOptional) return false
      return !installed[path] || !sameRelease(entry, installed[path])
    })
    return !missing && Object.entries(installed).every(([path, entry]) => wanted[path] && sameRelease(entry, wanted[path]))
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

/** Installs exactly what package-lock.json says when node_modules is missing or differs; runs no install scripts. */
export async function ensureDependencies() {
  if (!(await dependenciesMatchLock())) {
    await step('Installing dependencies (npm ci)', async () => {
      const code = await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
      if (code === 0) return
      throw new SetupError(
        'The dependencies could not be installed. Check the network connection (and the proxy settings of npm), then run: npm run setup',
      )
    })
  }
  await linkOwnCommand()
}
