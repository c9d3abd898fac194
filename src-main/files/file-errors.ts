import { KmsError } from '../../src-shared/errors'

/** FILE_NOT_ENCRYPTED; `looksLikeBase64` adds what to do about it. */
export function notEncrypted(looksLikeBase64 = false): KmsError {
  const hint = looksLikeBase64 ? ' It looks like an encrypted file that was saved as Base64 text: decode it first.' : ''
  return new KmsError('FILE_NOT_ENCRYPTED', `This is not an encrypted file of this format.${hint}`)
}

/** FILE_UNSUPPORTED: a valid file may look like this, but it is outside of what is read here. */
export function unsupported(what: string): KmsError {
  return new KmsError('FILE_UNSUPPORTED', `The encrypted file uses ${what}, which is not supported.`)
}

/** FILE_MALFORMED: no writer of the format makes such a header. */
export function malformed(what: string): KmsError {
  return new KmsError('FILE_MALFORMED', `The header of the encrypted file is damaged: ${what}.`)
}

/** FILE_TRUNCATED: the end of the file is missing. */
export function truncated(): KmsError {
  return new KmsError('FILE_TRUNCATED', 'The encrypted file is incomplete: its end is missing.')
}

/** FILE_TAMPERED: the key is right and the content is not what was written with it. */
export function tampered(): KmsError {
  return new KmsError('FILE_TAMPERED', 'The encrypted file was changed or damaged after it was written.')
}

/** CANCELLED. */
export function cancelled(): KmsError {
  return new KmsError('CANCELLED', 'Cancelled.')
}

/** SOURCE_CHANGED. */
export function sourceChanged(): KmsError {
  return new KmsError('SOURCE_CHANGED', 'The file changed while it was being read.')
}
