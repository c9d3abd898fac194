import { isKmsError, KmsError } from '../../src-shared/errors'

const missingCodes = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'])
const noSpaceCodes = new Set(['ENOSPC', 'EDQUOT'])

/** The system's code of a failed call; empty when `error` is nothing of that kind. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** FILE_NOT_FOUND, DIRECTORY_LOOP or FILE_UNREADABLE for a failed call on a source; a KmsError stays what it is. */
export function sourceError(error: unknown): KmsError {
  if (isKmsError(error)) return error
  const code = systemCode(error)
  if (missingCodes.has(code)) return new KmsError('FILE_NOT_FOUND', 'The file does not exist.', {}, error)
  if (code === 'ELOOP') return directoryLoop(error)
  return new KmsError('FILE_UNREADABLE', 'The file could not be read.', {}, error)
}

/** NO_SPACE, TARGET_EXISTS or TARGET_NOT_WRITABLE for a failed call on an output; a KmsError stays what it is. */
export function targetError(error: unknown): KmsError {
  if (isKmsError(error)) return error
  const code = systemCode(error)
  if (noSpaceCodes.has(code)) return new KmsError('NO_SPACE', 'There is not enough space left on the disk.', {}, error)
  if (code === 'EEXIST') return targetExists(error)
  return new KmsError('TARGET_NOT_WRITABLE', 'The output could not be written there.', {}, error)
}

/** TARGET_EXISTS. */
export function targetExists(cause?: unknown): KmsError {
  return new KmsError('TARGET_EXISTS', 'There is already a file with the name of the output.', {}, cause)
}

/** DIRECTORY_LOOP. */
export function directoryLoop(cause?: unknown): KmsError {
  return new KmsError('DIRECTORY_LOOP', 'The folder contains a link that leads back into itself.', {}, cause)
}

/** FILE_NOT_REGULAR. */
export function notRegular(): KmsError {
  return new KmsError('FILE_NOT_REGULAR', 'This is not an ordinary file.')
}
