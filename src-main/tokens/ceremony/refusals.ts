import { KmsError } from '../../../src-shared/errors'

/** CEREMONY_STEP. */
export function stepRefused(): KmsError {
  return new KmsError('CEREMONY_STEP', 'That is not the next step of the key ceremony.')
}

/** SHARE_OTHER_SET. */
export function otherSet(): KmsError {
  return new KmsError('SHARE_OTHER_SET', 'This share belongs to another key.')
}

/** CEREMONY_NOT_FOUND. */
export function notFound(): KmsError {
  return new KmsError('CEREMONY_NOT_FOUND', 'There is no such key ceremony any more.')
}
