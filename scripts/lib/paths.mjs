import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout these scripts belong to. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** A path inside the checkout. */
export const inRoot = (...parts) => join(root, ...parts)

/** Everything that should outlive node_modules is kept here; one folder for all checkouts. */
export function cacheDirectory(env = process.env) {
  if (env.KEYSTEAD_CACHE) return resolve(env.KEYSTEAD_CACHE)
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'keystead')
}

export const isRoot = () => process.getuid?.() === 0

export const hasDisplay = (env = process.env) =>
  process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
