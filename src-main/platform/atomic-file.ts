import { randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isKmsError, KmsError } from '../../src-shared/errors'

/** A whole content, or its pieces. */
export type FileContent = Uint8Array | AsyncIterable<Uint8Array>

const noSpaceCodes = new Set(['ENOSPC', 'EDQUOT'])

/**
 * Replaces `path` so that a reader, and a restart after a crash at any moment, sees the old content or the new one and
 * never a mix: temporary file in the same folder, fsync, rename, fsync of the folder. The mode does not depend on the
 * umask. NO_SPACE or VAULT_WRITE_FAILED, with the old file untouched and no temporary file left; so too when making the
 * content fails, whose KmsError is passed on. `content` is borrowed; of pieces the next is asked for when one is written.
 */
export async function writeFileAtomic(path: string, content: FileContent, mode = 0o600): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeDurably(temporary, content, mode)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw writeError(error)
  }
}

/**
 * As writeFileAtomic, for a place that the user has chosen outside the vault: TARGET_NOT_WRITABLE with `message` in
 * place of VAULT_WRITE_FAILED.
 */
export async function writeChosenFile(path: string, content: FileContent, message: string): Promise<void> {
  await writeFileAtomic(path, content).catch((error: unknown) => {
    throw isKmsError(error, 'VAULT_WRITE_FAILED') ? new KmsError('TARGET_NOT_WRITABLE', message, {}, error.cause) : error
  })
}

async function writeDurably(path: string, content: FileContent, mode: number): Promise<void> {
  await withFile(path, 'wx', mode, async (file) => {
    await file.chmod(mode)
    // From where the last piece ended.
    for await (const piece of content instanceof Uint8Array ? [content] : content) await file.writeFile(piece)
    await file.sync()
  })
}

/** Makes the rename itself durable. Windows has no such call and journals the rename on its own. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await withFile(folder, 'r', undefined, (file) => file.sync())
}

async function withFile(path: string, flags: string, mode: number | undefined, work: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, mode)
  try {
    await work(file)
  } finally {
    await file.close()
  }
}

function writeError(cause: unknown): KmsError {
  if (isKmsError(cause)) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (noSpaceCodes.has(code)) return new KmsError('NO_SPACE', 'There is no space left on the disk.', {}, cause)
  return new KmsError('VAULT_WRITE_FAILED', 'The change could not be written to the disk.', {}, cause)
}
