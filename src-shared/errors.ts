import type { ExportBarrier } from './model/token-work'
import type { ModuleFileProblem, PinState, TemplateProblem, VaultUseKind } from './model/tokens'

/** Codes by area. The union is closed: a new failure needs a code here, a row in kms-errors.ts and a text in every language. */
export const errorCodes = {
  request: ['INVALID_PARAMETER', 'MISSING_PARAMETER', 'UNKNOWN_OPERATION', 'FORBIDDEN_SENDER', 'HANDLE_INVALID', 'CANCELLED'],
  vault: [
    'VAULT_LOCKED',
    'VAULT_IN_USE',
    'VAULT_NOT_FOUND',
    'VAULT_EXISTS',
    'VAULT_DAMAGED',
    'VAULT_NEWER_VERSION',
    'VAULT_INSECURE',
    'VAULT_WRITE_FAILED',
    'WRONG_PASSPHRASE',
    'WRONG_PIN',
    'WRONG_RECOVERY_WORDS',
    'RECOVERY_WORDS_MISTYPED',
    'PASSPHRASE_TOO_WEAK',
    'SLOT_NOT_FOUND',
    'LAST_SLOT',
    'QUICK_UNLOCK_REMOVED',
    'KEYCHAIN_MISSING',
    'KEYCHAIN_LOCKED',
    'KEYCHAIN_TIMEOUT',
    'KDF_OUT_OF_RANGE',
    'BACKUP_INVALID',
    'AUDIT_BROKEN',
  ],
  keys: [
    'KEY_NOT_FOUND',
    'KEY_VERSION_NOT_FOUND',
    'ALIAS_NOT_FOUND',
    'ALIAS_EXISTS',
    'KEY_DISABLED',
    'KEY_PENDING_DELETION',
    'KEY_PENDING_IMPORT',
    'STATE_MODIFIED_FAILED',
    'UNSUPPORTED_OPERATION',
    'UNSUPPORTED_ORIGIN',
    'UNSUPPORTED_PROTECTION_LEVEL',
    'LIMIT_EXCEEDED',
    'INVALID_CIPHERTEXT',
    'KEY_USE_EXHAUSTED',
    'KEY_VERSION_RETIRED',
    'DELETION_PROTECTED',
    'INVALID_KEY_MATERIAL',
    'INVALID_IMPORT_TOKEN',
    'EXPIRED_IMPORT_TOKEN',
    'UNSUPPORTED_WRAPPING_ALGORITHM',
    'KEY_NOT_EXPORTABLE',
    'KEY_FILE_UNREADABLE',
    'KEY_FILE_PASSPHRASE',
    'KEY_FILE_UNSUPPORTED',
    'DRY_RUN_PASSED',
    'DRY_RUN_REFUSED',
  ],
  secrets: [
    'SECRET_NOT_FOUND',
    'SECRET_VERSION_NOT_FOUND',
    'SECRET_FIELD_NOT_FOUND',
    'SECRET_ATTACHMENT_NOT_FOUND',
    'SECRET_EXISTS',
    'SECRET_VERSION_EXISTS',
    'SECRET_IN_DELETE_WINDOW',
    'SECRET_CHANGED',
    'ROTATION_TARGET_MISSING',
    'ROTATION_TARGET_UNREACHABLE',
    'ROTATION_LOGIN_REFUSED',
    'ROTATION_APPLY_FAILED',
    'ROTATION_TEST_FAILED',
    'ROTATION_PENDING',
    'ROTATION_NOT_PENDING',
    'ROTATION_RUNNING',
    'IMPORT_UNREADABLE',
    'IMPORT_PASSWORD',
    'IMPORT_UNSUPPORTED',
    'IMPORT_TOO_LARGE',
    'IMPORT_NOT_FOUND',
  ],
  certificates: [
    'CERTIFICATE_NOT_FOUND',
    'CERTIFICATE_INVALID',
    'CERTIFICATE_MISMATCH',
    'CERTIFICATE_INACTIVE',
  ],
  tokens: [
    'TOKEN_MODULE_NOT_FOUND',
    'TOKEN_MODULE_UNSUITABLE',
    'TOKEN_MODULE_CHANGED',
    'TOKEN_MODULE_FAILED',
    'TOKEN_MODULE_TIMEOUT',
    'TOKEN_NOT_FOUND',
    'TOKEN_AMBIGUOUS',
    'TOKEN_CHANGED',
    'TOKEN_REMOVED',
    'TOKEN_BUSY',
    'TOKEN_MODULE_BUSY',
    'TOKEN_LOGIN_NEEDED',
    'TOKEN_OTHER_LOGIN',
    'TOKEN_PIN_WRONG',
    'TOKEN_PIN_LOCKED',
    'TOKEN_PIN_UNACCEPTABLE',
    'TOKEN_PIN_EXPIRED',
    'TOKEN_PIN_NOT_SET',
    'TOKEN_PIN_NEEDED_AGAIN',
    'TOKEN_READ_ONLY',
    'TOKEN_FULL',
    'TOKEN_OBJECT_NOT_FOUND',
    'TOKEN_OBJECT_IN_USE',
    'TOKEN_ATTRIBUTE_FIXED',
    'TOKEN_MECHANISM_UNSUPPORTED',
    'TOKEN_TEMPLATE_REFUSED',
    'TOKEN_KEY_USE_REFUSED',
    'TOKEN_KEY_NOT_EXTRACTABLE',
    'TOKEN_DATA_REFUSED',
    'TOKEN_CIPHERTEXT_REFUSED',
    'TOKEN_SLOT_REFUSED',
    'TOKEN_REFUSED',
    'CEREMONY_NOT_FOUND',
    'CEREMONY_STEP',
    'CEREMONY_KEY_DIFFERS',
    'SHARE_MISTYPED',
    'SHARE_OTHER_SET',
    'SHARE_UNEXPECTED',
    'SHARE_REPEATED',
    'SHARES_TOO_FEW',
  ],
  files: [
    'FILE_NOT_FOUND',
    'FILE_UNREADABLE',
    'FILE_NOT_REGULAR',
    'DIRECTORY_LOOP',
    'NO_SPACE',
    'TARGET_EXISTS',
    'TARGET_NOT_WRITABLE',
    'SOURCE_CHANGED',
    'FILE_TOO_LARGE',
    'FILE_NOT_ENCRYPTED',
    'FILE_UNSUPPORTED',
    'FILE_MALFORMED',
    'FILE_TRUNCATED',
    'FILE_TAMPERED',
    'FILE_KEY_UNAVAILABLE',
    'FILE_OTHER_RECIPIENTS',
    'JOB_NOT_FOUND',
  ],
  bug: ['INTERNAL'],
} as const

export type ErrorArea = keyof typeof errorCodes
export type ErrorCode = (typeof errorCodes)[ErrorArea][number]

/** One refused field of a request. `problem` is a fixed phrase, never the value sent. */
export interface FieldProblem {
  field: string
  problem: string
}

/** What may be shown to the user and sent over any face. No secrets, no paths that the user did not choose, no stack. */
export interface ErrorDetails {
  fields?: FieldProblem[]
  incidentId?: string
  attemptsLeft?: number
  ownerPid?: number
  keyId?: string
  secretName?: string
  /** What a rotation's target said, without any value. */
  rotationReason?: string
  /** Place of a typed word, from 1. */
  wordNumber?: number
  fileName?: string
  limit?: number
  neededBytes?: number
  freeBytes?: number
  /** What a PKCS#11 module returned, by name (CKR_…). */
  ckr?: string
  /** The label of the token that is meant. */
  tokenLabel?: string
  /** Its serial number, by which it is told from others of that label. */
  tokenSerial?: string
  /** What is known of the tries after a PIN was refused. */
  pinState?: PinState
  /** What is wrong with the file of a module. */
  moduleProblem?: ModuleFileProblem
  /** What speaks against a key that a token was to make. */
  templateProblem?: TemplateProblem
  /** What an object on a token is needed for. */
  vaultUse?: VaultUseKind
  /** Why a value does not leave a token as it is. */
  exportBarrier?: ExportBarrier
  /** Why a dry run would have been refused. */
  reason?: ErrorCode
}

/**
 * The one error class of Keystead. `cause` stays in the main process (it is written to the log with an incident id);
 * code, message and details cross every face.
 */
export class KmsError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'KmsError'
    this.code = code
    this.details = details
  }
}

/** What is refused with these goes on when the token that the details name is there and somebody has logged in to it. */
export const missedTokenCodes = ['TOKEN_NOT_FOUND', 'TOKEN_LOGIN_NEEDED'] as const satisfies readonly ErrorCode[]

/** True when `value` is a KmsError, of the given code when one is named. */
export function isKmsError(value: unknown, code?: ErrorCode): value is KmsError {
  return value instanceof KmsError && (code === undefined || value.code === code)
}

/** INVALID_PARAMETER for one field. */
export function invalidParameter(field: string, problem: string): KmsError {
  return new KmsError('INVALID_PARAMETER', `The specified parameter ${field} is not valid: ${problem}.`, {
    fields: [{ field, problem }],
  })
}

/** MISSING_PARAMETER for one field; `fields` lists more when there are more. */
export function missingParameter(field: string, fields: FieldProblem[] = [{ field, problem: 'is missing' }]): KmsError {
  return new KmsError('MISSING_PARAMETER', `The parameter ${field} is needed but was not given.`, { fields })
}
