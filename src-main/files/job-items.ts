import { basename, dirname, join } from 'node:path'
import type { ErrorCode } from '../../src-shared/errors'
import type { FileWork, ItemResult, JobTools } from './crypt-file'
import { decryptedName, encryptedName } from './output-names'
import { findFiles, type FoundFile } from './walk'

/** One thing that a job does: a file, as a rule. */
export interface JobItem {
  /** Display only. */
  name: string
  /** Folders between what the user chose and the file; they stand before the name of the output. */
  folders: readonly string[]
  bytes: number
  /** Why it cannot be worked on; null: it can. */
  problem: ErrorCode | null
  /** Does the work. */
  crypt: (tools: JobTools) => Promise<ItemResult>
}

/** Where outputs go: an exact path, a folder that mirrors what was chosen, or (both null) beside each source. */
export interface Destination {
  file: string | null
  folder: string | null
}

/** What encryptFiles or decryptFiles is to work on. */
export interface Choice {
  kind: 'encrypt' | 'decrypt'
  sources: readonly string[]
  destination: Destination
}

/** Every file behind the chosen paths, each with its target. CANCELLED. */
export async function itemsOf({ kind, sources, destination }: Choice, signal: AbortSignal, crypt: (work: FileWork) => Promise<ItemResult>): Promise<JobItem[]> {
  const isBeside = destination.folder === null && destination.file === null
  const found = await findFiles(sources, { kind, isBeside, signal })
  return found.map(({ path, name, folders, bytes, problem }) => {
    const target = targetOf({ path, folders }, kind, destination)
    return { name, folders, bytes, problem, crypt: (tools: JobTools) => crypt({ ...tools, sourcePath: path, target }) }
  })
}

function targetOf({ path, folders }: Pick<FoundFile, 'path' | 'folders'>, kind: Choice['kind'], { file, folder }: Destination): string {
  if (file !== null) return file
  const name = kind === 'encrypt' ? encryptedName(basename(path)) : decryptedName(basename(path))
  return folder === null ? join(dirname(path), name) : join(folder, ...folders, name)
}
