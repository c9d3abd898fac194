import { chmod, chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { capture, run } from './process.mjs'
import { SetupError, say } from './report.mjs'
import { privilegesOf } from './test-user.mjs'

/** Whether the user can read (`r`) or run (`x`) the path, tried as that user. */
const allowed = (user, wrap, flag, path) => {
  const [command, ...args] = wrap(['setpriv', ...privilegesOf(user), 'test', `-${flag}`, path])
  return capture(command, args) !== null
}

const plain = (command) => command

/** Puts `mount --bind` in front, in a mount namespace that ends with the command. */
const bound = (mounts) => (command) => {
  const binds = mounts.map(() => 'mount --bind "$1" "$2" && shift 2').join(' && ')
  const script = `set -e; ${binds}; exec "$@"`
  const pairs = mounts.flatMap(({ source, target }) => [source, target])
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...pairs, ...command]
}

const visible = (user, wrap, place, path) => place.probes.every(([flag, name]) => allowed(user, wrap, flag, join(path, name)))

async function copyForUser({ source, target }) {
  const code = await run('cp', ['-a', `${source}/.`, target])
  await run('chmod', ['-R', 'a+rX', target])
  if (code !== 0) throw new SetupError(`${source} could not be copied to ${target}. Is there space left?`)
}

/**
 * Makes the places readable for an ordinary user although they may lie below a private folder such as root's home.
 * What the user can read already stays where it is; the rest is bind-mounted below `base`, or copied where that is
 * not allowed. Returns where each place is for the user, and `wrap`, which the command must go through.
 */
export async function makeVisible(user, places, base) {
  const hidden = places.filter((place) => !visible(user, plain, place, place.source))
  const mounts = hidden.map(({ source, name }) => ({ source, target: join(base, name) }))
  const where = Object.fromEntries(places.map(({ name, source }) => [name, source]))
  if (hidden.length === 0) return { where, wrap: plain }
  for (const { target } of mounts) await mkdir(target, { recursive: true })
  hidden.forEach(({ name }) => (where[name] = join(base, name)))
  const wrap = bound(mounts)
  if (hidden.every((place) => visible(user, wrap, place, where[place.name]))) return { where, wrap }
  say('  copying the checkout to a place that an ordinary user can read')
  for (const mount of mounts) await copyForUser(mount)
  const unreadable = hidden.find((place) => !visible(user, plain, place, where[place.name]))
  if (!unreadable) return { where, wrap: plain }
  throw new SetupError(`${unreadable.source} cannot be made readable for the user ${user.name}.`)
}

/** A folder that belongs to the user and to nobody else. */
export const makePrivateFolder = async (user, path) => {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o700)
  await chown(path, user.uid, user.gid)
  return path
}
