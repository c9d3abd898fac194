import type { ErrorCode } from '../../../src-shared/errors'

const texts: Partial<Record<ErrorCode, string>> = {
  FILE_NOT_FOUND: 'there is no such file',
  FILE_UNREADABLE: 'it cannot be read; check its permissions',
  FILE_NOT_REGULAR: 'it is neither a file nor a folder',
  DIRECTORY_LOOP: 'a link leads back into the folder itself',
  NO_SPACE: 'there is not enough space left on the disk',
  TARGET_EXISTS: 'the target exists already; -f replaces it',
  TARGET_NOT_WRITABLE: 'the target cannot be written; check the permissions of its folder',
  SOURCE_CHANGED: 'it changed while it was being read; try again when nothing writes to it',
  FILE_TOO_LARGE: 'it is larger than 1 TiB',
  FILE_NOT_ENCRYPTED: 'it is not an encrypted file',
  FILE_UNSUPPORTED: 'it was encrypted in a way that Keystead does not read',
  FILE_MALFORMED: 'its header is damaged',
  FILE_TRUNCATED: 'its end is missing; copy it again from where it came',
  FILE_TAMPERED: 'it was changed after it was encrypted',
  FILE_KEY_UNAVAILABLE: 'no key of this vault opens it',
  FILE_OTHER_RECIPIENTS: 'it is encrypted for other keys too, which would no longer open it',
  KEY_DISABLED: 'its key is disabled',
  KEY_PENDING_DELETION: 'its key is waiting for deletion',
  KEY_PENDING_IMPORT: 'the material of its key is not imported',
  KEY_USE_EXHAUSTED: 'its key version has encrypted as often as is safe; rotate the key',
  KEY_VERSION_RETIRED: 'its key version is retired',
  CANCELLED: 'cancelled',
}

/** What went wrong with one file, as the end of a sentence. */
export function problemText(code: ErrorCode): string {
  return texts[code] ?? `it could not be done (${code})`
}
