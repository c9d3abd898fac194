import type { ErrorCode } from './errors'

/** How the KMS names a failure (kms-api 1.12). */
export interface KmsErrorName {
  kmsCode: string
  httpStatus: number
}

const kms = (httpStatus: number, kmsCode: string): KmsErrorName => ({ kmsCode, httpStatus })
const refusedParameter = kms(400, 'InvalidParameter')
const vaultClosed = kms(403, 'Forbidden.KmsServiceNotEnabled')
const noPermission = kms(403, 'Forbidden.NoPermission')
const unavailable = kms(503, 'ServiceUnavailableTemporary')
const bug = kms(500, 'InternalFailure')
const unsupported = kms(400, 'UnsupportedOperation')

/** The one table from our codes to KMS codes and HTTP status; used by the CLI and the endpoint. */
export const kmsErrorNames: Readonly<Record<ErrorCode, KmsErrorName>> = {
  INVALID_PARAMETER: refusedParameter,
  MISSING_PARAMETER: kms(400, 'MissingParameter'),
  UNKNOWN_OPERATION: kms(404, 'InvalidAction.NotFound'),
  FORBIDDEN_SENDER: noPermission,
  HANDLE_INVALID: refusedParameter,
  CANCELLED: kms(400, 'Cancelled'),
  VAULT_LOCKED: vaultClosed,
  VAULT_IN_USE: unavailable,
  VAULT_NOT_FOUND: vaultClosed,
  VAULT_EXISTS: kms(409, 'Rejected.ResourceExist'),
  VAULT_DAMAGED: bug,
  VAULT_NEWER_VERSION: unavailable,
  VAULT_INSECURE: noPermission,
  VAULT_WRITE_FAILED: unavailable,
  WRONG_PASSPHRASE: noPermission,
  WRONG_PIN: noPermission,
  WRONG_RECOVERY_WORDS: noPermission,
  RECOVERY_WORDS_MISTYPED: refusedParameter,
  PASSPHRASE_TOO_WEAK: refusedParameter,
  SLOT_NOT_FOUND: kms(404, 'Forbidden.ResourceNotFound'),
  LAST_SLOT: kms(409, 'Rejected.StateModifiedFailed'),
  QUICK_UNLOCK_REMOVED: noPermission,
  KEYCHAIN_MISSING: unavailable,
  KEYCHAIN_LOCKED: unavailable,
  KEYCHAIN_TIMEOUT: unavailable,
  KDF_OUT_OF_RANGE: bug,
  BACKUP_INVALID: refusedParameter,
  AUDIT_BROKEN: bug,
  KEY_NOT_FOUND: kms(404, 'Forbidden.KeyNotFound'),
  KEY_VERSION_NOT_FOUND: kms(404, 'Forbidden.KeyVersionNotFound'),
  ALIAS_NOT_FOUND: kms(404, 'Forbidden.AliasNotFound'),
  ALIAS_EXISTS: kms(400, 'AliasAlreadyExists'),
  KEY_DISABLED: kms(409, 'Rejected.Disabled'),
  KEY_PENDING_DELETION: kms(409, 'Rejected.PendingDeletion'),
  KEY_PENDING_IMPORT: kms(409, 'Rejected.PendingImport'),
  STATE_MODIFIED_FAILED: kms(409, 'Rejected.StateModifiedFailed'),
  UNSUPPORTED_OPERATION: unsupported,
  UNSUPPORTED_ORIGIN: kms(400, 'Unsupported.Origin'),
  UNSUPPORTED_PROTECTION_LEVEL: kms(400, 'Unsupported.ProtectionLevel'),
  LIMIT_EXCEEDED: kms(400, 'Rejected.LimitExceeded'),
  INVALID_CIPHERTEXT: refusedParameter,
  KEY_USE_EXHAUSTED: kms(400, 'Rejected.LimitExceeded'),
  KEY_VERSION_RETIRED: kms(409, 'Rejected.Disabled'),
  DELETION_PROTECTED: kms(409, 'Rejected.DeletionProtected'),
  INVALID_KEY_MATERIAL: kms(400, 'InvalidKeyMaterial'),
  INVALID_IMPORT_TOKEN: kms(400, 'InvalidImportToken'),
  EXPIRED_IMPORT_TOKEN: kms(400, 'ExpiredImportToken'),
  UNSUPPORTED_WRAPPING_ALGORITHM: refusedParameter,
  KEY_NOT_EXPORTABLE: noPermission,
  KEY_FILE_UNREADABLE: refusedParameter,
  KEY_FILE_PASSPHRASE: refusedParameter,
  KEY_FILE_UNSUPPORTED: refusedParameter,
  DRY_RUN_PASSED: kms(400, 'DryRunOperationError'),
  DRY_RUN_REFUSED: kms(400, 'ValidationError'),
  CERTIFICATE_NOT_FOUND: kms(404, 'Certificate.NotFound'),
  CERTIFICATE_INVALID: refusedParameter,
  CERTIFICATE_MISMATCH: refusedParameter,
  CERTIFICATE_INACTIVE: kms(409, 'Rejected.Disabled'),
  FILE_NOT_FOUND: refusedParameter,
  FILE_UNREADABLE: refusedParameter,
  FILE_NOT_REGULAR: refusedParameter,
  DIRECTORY_LOOP: refusedParameter,
  NO_SPACE: unavailable,
  TARGET_EXISTS: kms(409, 'Rejected.ResourceExist'),
  TARGET_NOT_WRITABLE: refusedParameter,
  SOURCE_CHANGED: kms(409, 'Rejected.StateModifiedFailed'),
  FILE_TOO_LARGE: kms(400, 'Rejected.LimitExceeded'),
  FILE_NOT_ENCRYPTED: refusedParameter,
  FILE_UNSUPPORTED: refusedParameter,
  FILE_MALFORMED: refusedParameter,
  FILE_TRUNCATED: refusedParameter,
  FILE_TAMPERED: refusedParameter,
  FILE_KEY_UNAVAILABLE: kms(404, 'Forbidden.KeyNotFound'),
  FILE_OTHER_RECIPIENTS: kms(409, 'Rejected.StateModifiedFailed'),
  JOB_NOT_FOUND: kms(404, 'Forbidden.ResourceNotFound'),
  INTERNAL: bug,
}
