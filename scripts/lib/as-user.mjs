import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { electronEnvironment } from './electron.mjs'
import { endLeftovers } from './leftovers.mjs'
import { isRoot, root } from './paths.mjs'
import { run } from './process.mjs'
import { findOrMakeTestUser, privilegesOf } from './test-user.mjs'
import { makePrivateFolder, makeVisible } from './user-view.mjs'

/** Stands in an argument for the folder KEYSTEAD_OUTPUT, whose place is known only when the command starts. */
export const OUTPUT_PLACE = '{output}'

const placed = (args, output) => args.map((argument) => argument.replaceAll(OUTPUT_PLACE, output))

const kept = ['LANG', 'LC_ALL', 'TZ', 'TERM', 'CI', 'NO_COLOR', 'FORCE_COLOR', 'DEBUG']

/** An environment without anything of root's: own home, own run-time and temporary folders. */
function userEnvironment(user, folders, nodeFolder) {
  const inherited = Object.fromEntries(kept.filter((name) => process.env[name]).map((name) => [name, process.env[name]]))
  return {
    ...inherited,
    PATH: `${nodeFolder}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    HOME: folders.home,
    USER: user.name,
    LOGNAME: user.name,
    TMPDIR: folders.tmp,
    XDG_RUNTIME_DIR: folders.runtime,
  }
}

async function makeFolders(user, base) {
  const folders = {}
  for (const name of ['home', 'runtime', 'tmp', 'output']) folders[name] = await makePrivateFolder(user, join(base, name))
  return folders
}

/** X servers of ordinary users cannot make this folder with the owner that it needs. */
async function makeDisplayFolder() {
  await mkdir('/tmp/.X11-unix', { recursive: true })
  await chmod('/tmp/.X11-unix', 0o1777)
}

const placesFor = (electron) => [
  { name: 'checkout', source: root, probes: [['r', 'package.json'], ['r', 'node_modules/vitest/package.json'], ['r', 'out/.build-stamp']] },
  { name: 'electron', source: electron.dist, probes: [['x', basename(electron.executable)], ['r', 'version']] },
  { name: 'node', source: dirname(process.execPath), probes: [['x', basename(process.execPath)]] },
]

async function runDropped(electron, base, args, env) {
  const user = findOrMakeTestUser()
  const folders = await makeFolders(user, base)
  const { where, wrap } = await makeVisible(user, placesFor(electron), base)
  const runtime = { dist: where.electron, executable: join(where.electron, basename(electron.executable)) }
  const node = join(where.node, basename(process.execPath))
  const environment = {
    ...electronEnvironment(runtime, userEnvironment(user, folders, where.node)),
    ...env,
    KEYSTEAD_OUTPUT: folders.output,
  }
  const [command, ...rest] = wrap(['env', '-C', where.checkout, 'setpriv', ...privilegesOf(user), node, ...placed(args, folders.output)])
  return run(command, rest, { cwd: '/', env: environment })
}

/**
 * Runs Node with the given arguments in the checkout as an ordinary user, so that Chromium's sandbox is on. What the
 * command leaves in the folder KEYSTEAD_OUTPUT ends up in `output`, which is emptied before. Resolves with its exit
 * code. When we are not root we are an ordinary user already.
 */
export async function runAsUser({ electron, output, args, env = {} }) {
  await rm(output, { recursive: true, force: true })
  await mkdir(output, { recursive: true })
  if (!isRoot()) {
    const environment = { ...electronEnvironment(electron), ...env, KEYSTEAD_OUTPUT: output }
    return run(process.execPath, placed(args, output), { cwd: root, env: environment })
  }
  const base = await mkdtemp('/tmp/keystead-run-')
  try {
    await chmod(base, 0o755)
    await makeDisplayFolder()
    const code = await runDropped(electron, base, args, env)
    await cp(join(base, 'output'), output, { recursive: true })
    return code
  } finally {
    await endLeftovers(base)
    await rm(base, { recursive: true, force: true, maxRetries: 3 })
  }
}
