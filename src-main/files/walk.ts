import type { BigIntStats, Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ErrorCode } from '../../src-shared/errors'
import { cancelled } from './file-errors'
import { sourceError } from './fs-errors'
import { looksEncrypted } from './output-names'
import { isPartName } from './part-files'

/** One file that the user's choice covers, or something in it that cannot be worked on. */
export interface FoundFile {
  path: string
  /** Relative to what the user chose, with forward slashes. */
  name: string
  /** Folders between the chosen folder, which is included, and the file; empty for a file that was chosen itself. */
  folders: readonly string[]
  bytes: number
  problem: ErrorCode | null
}

export interface WalkOptions {
  /** `any`: every file that is not an unfinished output, whatever its name. */
  kind: 'encrypt' | 'decrypt' | 'any'
  /** Whether outputs go beside their sources, so that a folder may hold results of an earlier run. */
  isBeside: boolean
  signal: AbortSignal
}

const atOnce = 32

/**
 * All files behind the chosen paths, folders in the order of their names. Chosen links are followed; inside folders only
 * links to files are. Whatever cannot be worked on is an entry with its code, never left out silently: pipes and devices
 * and links to other folders (FILE_NOT_REGULAR), links and mounts that lead back (DIRECTORY_LOOP), broken links
 * (FILE_NOT_FOUND), unreadable folders (FILE_UNREADABLE). Decrypting takes from a folder what is named as encrypted;
 * encrypting beside the sources leaves that out. CANCELLED.
 */
export async function findFiles(paths: readonly string[], options: WalkOptions): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  for (const path of paths) found.push(...(await findChosen(path, options)))
  return found
}

async function findChosen(path: string, options: WalkOptions): Promise<FoundFile[]> {
  const base = entryOf(path, [])
  const stats = await statOf(path)
  if (typeof stats === 'string') return [{ ...base, problem: stats }]
  if (stats.isDirectory()) return walkFolder(path, [base.name], [identityOf(stats)], options)
  if (!stats.isFile()) return [{ ...base, problem: 'FILE_NOT_REGULAR' }]
  return [{ ...base, bytes: Number(stats.size) }]
}

async function walkFolder(folder: string, folders: readonly string[], above: readonly string[], options: WalkOptions): Promise<FoundFile[]> {
  if (options.signal.aborted) throw cancelled()
  let children: Dirent[]
  try {
    children = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    return [{ ...entryOf(folder, folders.slice(0, -1)), problem: sourceError(error).code }]
  }
  const wanted = children.filter((child) => !child.isFile() || isWanted(child.name, options)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const found: FoundFile[] = []
  for (let start = 0; start < wanted.length; start += atOnce) {
    const some = wanted.slice(start, start + atOnce)
    const looked = await Promise.all(some.map(async (child): Promise<[Dirent, BigIntStats | ErrorCode]> => [child, await statOf(join(folder, child.name))]))
    for (const [child, stats] of looked) found.push(...(await findChild(child, stats, folder, folders, above, options)))
  }
  return found
}

async function findChild(
  child: Dirent,
  stats: BigIntStats | ErrorCode,
  folder: string,
  folders: readonly string[],
  above: readonly string[],
  options: WalkOptions,
): Promise<FoundFile[]> {
  const path = join(folder, child.name)
  const entry = entryOf(path, folders)
  if (typeof stats === 'string') return [{ ...entry, problem: stats }]
  if (stats.isFile()) return isWanted(child.name, options) ? [{ ...entry, bytes: Number(stats.size) }] : []
  if (!stats.isDirectory()) return [{ ...entry, problem: 'FILE_NOT_REGULAR' }]
  const identity = identityOf(stats)
  if (above.includes(identity)) return [{ ...entry, problem: 'DIRECTORY_LOOP' }]
  if (child.isSymbolicLink()) return [{ ...entry, problem: 'FILE_NOT_REGULAR' }]
  return walkFolder(path, [...folders, child.name], [...above, identity], options)
}

function isWanted(name: string, { kind, isBeside }: WalkOptions): boolean {
  if (isPartName(name)) return false
  if (kind === 'any') return true
  return kind === 'decrypt' ? looksEncrypted(name) : !(isBeside && looksEncrypted(name))
}

async function statOf(path: string): Promise<BigIntStats | ErrorCode> {
  return stat(path, { bigint: true }).catch((error: unknown) => sourceError(error).code)
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`
}

function entryOf(path: string, folders: readonly string[]): FoundFile {
  const own = basename(path) || dirname(path)
  return { path, name: [...folders, own].join('/'), folders, bytes: 0, problem: null }
}
