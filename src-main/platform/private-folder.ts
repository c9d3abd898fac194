import { chmod, lstat, mkdir } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { resolve } from 'node:path'
import { KmsError } from '../../src-shared/errors'

const groupOrOthersWrite = 0o022

/**
 * Makes sure that `path` is a folder that only its owner may enter: creates it (parents too) with mode 0700 whatever
 * the umask, and takes read access from group and others of one that exists. VAULT_INSECURE as assertPrivateFolder;
 * VAULT_WRITE_FAILED when it cannot be created.
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    if (await isMissing(path)) throw new KmsError('VAULT_WRITE_FAILED', 'The folder could not be created.', {}, error)
  }
  await assertPrivateFolder(path)
  if (process.platform !== 'win32') await chmod(path, 0o700)
}

/**
 * VAULT_INSECURE when `path` is a symbolic link, no folder, another user's, or writable by group or others: someone else
 * could then swap the vault's files. VAULT_NOT_FOUND when it does not exist. On Windows, where access lists
 * rule, only the kind is checked.
 */
export async function assertPrivateFolder(path: string): Promise<void> {
  const problem = folderProblem(await inspect(path))
  if (problem) throw new KmsError('VAULT_INSECURE', `The vault folder is not safe to use: ${problem}.`)
}

function folderProblem(info: Stats): string | null {
  if (info.isSymbolicLink()) return 'it is a symbolic link'
  if (!info.isDirectory()) return 'it is not a folder'
  if (!process.getuid) return null
  if (info.uid !== process.getuid()) return 'it belongs to another user'
  if ((info.mode & groupOrOthersWrite) !== 0) return 'other users may write to it'
  return null
}

async function inspect(path: string): Promise<Stats> {
  try {
    // resolve() takes a trailing slash away, behind which lstat would follow a symbolic link.
    return await lstat(resolve(path))
  } catch (error) {
    throw new KmsError('VAULT_NOT_FOUND', 'There is no vault folder at this place.', {}, error)
  }
}

/** False too when the path exists but cannot be looked at: the check that follows says what is wrong with it. */
async function isMissing(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    () => true,
  )
}
