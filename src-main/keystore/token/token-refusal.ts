import { errorCodes, isKmsError, type KmsError } from '../../../src-shared/errors'

const codes: readonly string[] = errorCodes.tokens

/** Whether it is the token that refuses, or is not there: nothing is wrong with the key or with what was asked. */
export function isTokenRefusal(error: unknown): error is KmsError {
  return isKmsError(error) && codes.includes(error.code)
}
