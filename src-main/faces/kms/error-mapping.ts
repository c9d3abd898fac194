import { isKmsError, type KmsError } from '../../../src-shared/errors'
import { kmsErrorNames } from '../../../src-shared/kms-errors'
import { kmsName } from './names'

/** An error as the KMS API answers it (kms-api 1.1, 1.12). */
export interface KmsErrorReply {
  Code: string
  Message: string
  HttpStatus: number
}

/** Every failure has a reply; what is no KmsError is a bug and says nothing of its cause. */
export function errorToKms(error: unknown): KmsErrorReply {
  if (!isKmsError(error)) return { Code: 'InternalFailure', Message: 'Something went wrong inside Keystead.', HttpStatus: 500 }
  const { kmsCode, httpStatus } = kmsErrorNames[error.code]
  return { Code: kmsCode, Message: messageOf(error), HttpStatus: httpStatus }
}

function messageOf(error: KmsError): string {
  const fields = error.details.fields ?? []
  if (fields.length === 0) return error.message
  if (error.code === 'MISSING_PARAMETER') {
    return fields.map(({ field }) => `The parameter ${pascalPath(field)} is needed but not provided.`).join(' ')
  }
  return fields.map(({ field, problem }) => `The specified parameter ${pascalPath(field)} is not valid: ${problem}.`).join(' ')
}

function pascalPath(field: string): string {
  return field.split('.').map(kmsName).join('.')
}
