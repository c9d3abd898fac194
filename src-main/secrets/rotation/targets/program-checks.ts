import { realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute } from 'node:path'
import type { Stats } from 'node:fs'

const [writableByOthers, sticky, executable] = [0o022, 0o1000, 0o111]

/** A program that may be run: its path without links, or what speaks against it as a fixed phrase. */
export type CheckedProgram = { path: string; problem: null } | { path: null; problem: string }

/**
 * Whether a rotation may run a program with a secret value: an absolute path to a regular file that can be executed and
 * that nobody but its owner can write, the owner being the user or root; the same holds for the folders above it, but for
 * those in which nobody can replace what belongs to others.
 */
export async function checkProgram(chosen: string): Promise<CheckedProgram> {
  if (!isAbsolute(chosen)) return refusedProgram('must be an absolute path')
  const path = await realpath(chosen).catch(() => null)
  const info = path === null ? null : await stat(path).catch(() => null)
  if (path === null || !info) return refusedProgram('must be there')
  if (!info.isFile()) return refusedProgram('must be a regular file')
  // Rights of files are others on Windows, and who may write there is not told by a mode.
  if (process.platform === 'win32') return { path, problem: null }
  if ((info.mode & executable) === 0) return refusedProgram('must be a program that can be executed')
  if (!isOurs(info) || (info.mode & writableByOthers) !== 0) return refusedProgram('must be writable by its owner only: you, or the administrator of the system')
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const above = await stat(folder).catch(() => null)
    if (!above || !isOurs(above) || ((above.mode & writableByOthers) !== 0 && (above.mode & sticky) === 0)) return refusedProgram('must not be in a folder that others can write')
    if (folder === dirname(folder)) return { path, problem: null }
  }
}

function isOurs({ uid }: Stats): boolean {
  return uid === 0 || uid === process.getuid?.()
}

function refusedProgram(problem: string): CheckedProgram {
  return { path: null, problem }
}
