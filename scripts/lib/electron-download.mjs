import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inRoot, root } from './paths.mjs'
import { forwardSignals } from './process.mjs'

const CHECK_EVERY_MS = 2_000
const NO_PROGRESS_MS = 120_000

const packageFolder = () => inRoot('node_modules', 'electron')

/** The dist folder of the official download, or null when it is not there. */
export async function findOfficialRuntime() {
  try {
    const dist = join(packageFolder(), 'dist')
    const { version: wanted } = JSON.parse(await readFile(join(packageFolder(), 'package.json'), 'utf8'))
    const version = (await readFile(join(dist, 'version'), 'utf8')).trim().replace(/^v/, '')
    const executable = await readFile(join(packageFolder(), 'path.txt'), 'utf8')
    return version === wanted && existsSync(join(dist, executable)) ? { dist, executable, version } : null
  } catch {
    return null
  }
}

/** Bytes below the folders: it grows while a download or its unpacking makes progress. */
async function bytesIn(folders) {
  let total = 0
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (!entry.isFile()) continue
      const info = await stat(join(entry.parentPath ?? entry.path, entry.name)).catch(() => null)
      total += info?.size ?? 0
    }
  }
  return total
}

function watchProgress(child, folders) {
  let last = -1
  let changed = Date.now()
  const timer = setInterval(async () => {
    const bytes = await bytesIn(folders)
    if (bytes !== last) changed = Date.now()
    last = bytes
    if (Date.now() - changed > NO_PROGRESS_MS) child.kill('SIGKILL')
  }, CHECK_EVERY_MS)
  return () => clearInterval(timer)
}

function runInstaller(temporary) {
  const { ELECTRON_OVERRIDE_DIST_PATH: _dist, ELECTRON_RUN_AS_NODE: _node, ...env } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(packageFolder(), 'install.js')], {
      cwd: root,
      env: { ...env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      stdio: ['ignore', 'inherit', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (data) => (errors += data))
    const stopWatching = watchProgress(child, [temporary, join(packageFolder(), 'dist')])
    const release = forwardSignals(child)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      stopWatching()
      release()
      resolve({ ok: code === 0, reason: signal ? 'no progress for two minutes' : firstLine(errors) })
    })
  })
}

const firstLine = (text) => text.split('\n').find((line) => line.trim())?.trim() ?? 'no reason given'

/** Tries the official download; answers `{ runtime }`, or `{ reason }` when it is unreachable. */
export async function downloadOfficialRuntime() {
  const temporary = await mkdtemp(join(tmpdir(), 'keystead-electron-'))
  try {
    const { ok, reason } = await runInstaller(temporary)
    const runtime = ok ? await findOfficialRuntime() : null
    return runtime ? { runtime } : { reason }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
