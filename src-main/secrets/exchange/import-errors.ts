import { isKmsError, KmsError } from '../../../src-shared/errors'

/** IMPORT_UNREADABLE: the file is damaged, or is not what it says. */
export function unreadable(cause?: unknown): KmsError {
  return new KmsError('IMPORT_UNREADABLE', 'The file is damaged or is not of this format.', {}, cause)
}

/** IMPORT_PASSWORD: none was given, or it does not open the file. */
export function wrongPassword(): KmsError {
  return new KmsError('IMPORT_PASSWORD', 'The file opens with a password, and this is not it.')
}

/** IMPORT_UNSUPPORTED; `what` is a sentence. */
export function unsupported(what: string): KmsError {
  return new KmsError('IMPORT_UNSUPPORTED', what)
}

/** IMPORT_TOO_LARGE: the file has more in it than is read. */
export function tooLarge(): KmsError {
  return new KmsError('IMPORT_TOO_LARGE', 'The file holds more than can be imported at once.')
}

/** The error of a reader: what is none of ours means that the file is not as it should be. */
export function importError(error: unknown): KmsError {
  return isKmsError(error) ? error : unreadable(error)
}
