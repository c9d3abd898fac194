import { KmsError, type ErrorCode } from '../../../src-shared/errors'

export function refuse(code: ErrorCode, details: KmsError['details'] = {}): never {
  throw new KmsError(code, code, details)
}
