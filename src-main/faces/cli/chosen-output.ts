import { lstat } from 'node:fs/promises'
import { KmsError } from '../../../src-shared/errors'
import { writeChosenFile } from '../../platform/atomic-file'

/** TARGET_EXISTS when something is at `path` already and `force` does not say that it goes. */
export async function requireFree(path: string, force: boolean): Promise<void> {
  if (force) return
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  )
  if (isThere) throw new KmsError('TARGET_EXISTS', `${path} exists already; -f replaces it.`, { fileName: path })
}

/** Writes a file for its owner only, all of it or nothing. TARGET_EXISTS, TARGET_NOT_WRITABLE, NO_SPACE. `bytes` are borrowed. */
export async function writeOutput(path: string, bytes: Uint8Array, force: boolean): Promise<void> {
  await requireFree(path, force)
  await writeChosenFile(path, bytes, `${path} cannot be written; check the permissions of its folder.`)
}
