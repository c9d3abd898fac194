import { KmsError, type ErrorCode, type ErrorDetails } from '../../src-shared/errors'
import type { HostCallName, HostFailure } from './host/calls'
import { HostGone, ModuleFailure } from './host-process'
import { unsuitable } from './module-file'
import { shownText } from './shown-text'

/** What the refusal of a module means to its user. Where two modules use different values for one thing, both are here. */
const byReturnValue: Readonly<Record<string, ErrorCode>> = {
  CKR_PIN_INCORRECT: 'TOKEN_PIN_WRONG',
  CKR_PIN_LOCKED: 'TOKEN_PIN_LOCKED',
  CKR_PIN_INVALID: 'TOKEN_PIN_UNACCEPTABLE',
  CKR_PIN_LEN_RANGE: 'TOKEN_PIN_UNACCEPTABLE',
  CKR_PIN_TOO_WEAK: 'TOKEN_PIN_UNACCEPTABLE',
  CKR_PIN_EXPIRED: 'TOKEN_PIN_EXPIRED',
  CKR_USER_PIN_NOT_INITIALIZED: 'TOKEN_PIN_NOT_SET',
  CKR_USER_NOT_LOGGED_IN: 'TOKEN_LOGIN_NEEDED',
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN: 'TOKEN_OTHER_LOGIN',
  CKR_USER_TOO_MANY_TYPES: 'TOKEN_OTHER_LOGIN',
  CKR_SESSION_READ_ONLY_EXISTS: 'TOKEN_OTHER_LOGIN',
  CKR_SESSION_READ_WRITE_SO_EXISTS: 'TOKEN_OTHER_LOGIN',
  CKR_SESSION_EXISTS: 'TOKEN_BUSY',
  CKR_SESSION_COUNT: 'TOKEN_BUSY',
  CKR_DEVICE_REMOVED: 'TOKEN_REMOVED',
  CKR_TOKEN_NOT_PRESENT: 'TOKEN_REMOVED',
  CKR_SESSION_HANDLE_INVALID: 'TOKEN_REMOVED',
  CKR_SESSION_CLOSED: 'TOKEN_REMOVED',
  CKR_SLOT_ID_INVALID: 'TOKEN_REMOVED',
  CKR_TOKEN_NOT_RECOGNIZED: 'TOKEN_NOT_FOUND',
  CKR_TOKEN_WRITE_PROTECTED: 'TOKEN_READ_ONLY',
  CKR_SESSION_READ_ONLY: 'TOKEN_READ_ONLY',
  CKR_ATTRIBUTE_READ_ONLY: 'TOKEN_ATTRIBUTE_FIXED',
  CKR_ACTION_PROHIBITED: 'TOKEN_ATTRIBUTE_FIXED',
  CKR_DEVICE_MEMORY: 'TOKEN_FULL',
  CKR_TOKEN_RESOURCE_EXCEEDED: 'TOKEN_FULL',
  CKR_OBJECT_HANDLE_INVALID: 'TOKEN_OBJECT_NOT_FOUND',
  CKR_KEY_HANDLE_INVALID: 'TOKEN_OBJECT_NOT_FOUND',
  CKR_WRAPPING_KEY_HANDLE_INVALID: 'TOKEN_OBJECT_NOT_FOUND',
  CKR_UNWRAPPING_KEY_HANDLE_INVALID: 'TOKEN_OBJECT_NOT_FOUND',
  CKR_MECHANISM_INVALID: 'TOKEN_MECHANISM_UNSUPPORTED',
  CKR_MECHANISM_PARAM_INVALID: 'TOKEN_MECHANISM_UNSUPPORTED',
  CKR_FUNCTION_NOT_SUPPORTED: 'TOKEN_MECHANISM_UNSUPPORTED',
  CKR_ARGUMENTS_BAD: 'TOKEN_MECHANISM_UNSUPPORTED',
  CKR_KEY_TYPE_INCONSISTENT: 'TOKEN_MECHANISM_UNSUPPORTED',
  CKR_KEY_FUNCTION_NOT_PERMITTED: 'TOKEN_KEY_USE_REFUSED',
  CKR_KEY_UNEXTRACTABLE: 'TOKEN_KEY_NOT_EXTRACTABLE',
  CKR_KEY_NOT_WRAPPABLE: 'TOKEN_KEY_NOT_EXTRACTABLE',
  CKR_ATTRIBUTE_SENSITIVE: 'TOKEN_KEY_NOT_EXTRACTABLE',
  CKR_TEMPLATE_INCONSISTENT: 'TOKEN_TEMPLATE_REFUSED',
  CKR_TEMPLATE_INCOMPLETE: 'TOKEN_TEMPLATE_REFUSED',
  CKR_ATTRIBUTE_VALUE_INVALID: 'TOKEN_TEMPLATE_REFUSED',
  CKR_ATTRIBUTE_TYPE_INVALID: 'TOKEN_TEMPLATE_REFUSED',
  CKR_CURVE_NOT_SUPPORTED: 'TOKEN_TEMPLATE_REFUSED',
  CKR_DOMAIN_PARAMS_INVALID: 'TOKEN_TEMPLATE_REFUSED',
  CKR_KEY_SIZE_RANGE: 'TOKEN_TEMPLATE_REFUSED',
  CKR_DATA_LEN_RANGE: 'TOKEN_DATA_REFUSED',
  CKR_DATA_INVALID: 'TOKEN_DATA_REFUSED',
  CKR_ENCRYPTED_DATA_INVALID: 'TOKEN_CIPHERTEXT_REFUSED',
  CKR_ENCRYPTED_DATA_LEN_RANGE: 'TOKEN_CIPHERTEXT_REFUSED',
  CKR_AEAD_DECRYPT_FAILED: 'TOKEN_CIPHERTEXT_REFUSED',
  CKR_WRAPPED_KEY_INVALID: 'TOKEN_CIPHERTEXT_REFUSED',
  CKR_WRAPPED_KEY_LEN_RANGE: 'TOKEN_CIPHERTEXT_REFUSED',
  CKR_FUNCTION_CANCELED: 'CANCELLED',
}

const byHost: Readonly<Record<string, ErrorCode>> = {
  TOKEN_CHANGED: 'TOKEN_CHANGED',
  OBJECT_CHANGED: 'TOKEN_OBJECT_NOT_FOUND',
  PIN_NEEDED_AGAIN: 'TOKEN_PIN_NEEDED_AGAIN',
  BAD_PARAMETERS: 'TOKEN_MECHANISM_UNSUPPORTED',
  NOT_OPEN: 'TOKEN_MODULE_FAILED',
  BAD_ANSWER: 'TOKEN_MODULE_FAILED',
}

const texts: Partial<Record<ErrorCode, string>> = {
  TOKEN_PIN_WRONG: 'The PIN is not right.',
  TOKEN_PIN_LOCKED: 'The PIN is locked after too many wrong tries.',
  TOKEN_PIN_UNACCEPTABLE: 'The token does not accept this PIN: its length or its characters are not right.',
  TOKEN_PIN_EXPIRED: 'The PIN has expired and must be changed.',
  TOKEN_PIN_NOT_SET: 'The user PIN of this token was never set.',
  TOKEN_LOGIN_NEEDED: 'Log in to the token first.',
  TOKEN_OTHER_LOGIN: 'Somebody else is logged in to the token. Log out first.',
  TOKEN_BUSY: 'The token is used by another session or program.',
  TOKEN_MODULE_BUSY: 'The token module is at work and has not answered yet.',
  TOKEN_REMOVED: 'The token was removed, or its session has ended.',
  TOKEN_CHANGED: 'Another token is in the slot now. Nothing was done.',
  TOKEN_NOT_FOUND: 'The token is not there.',
  TOKEN_PIN_NEEDED_AGAIN: 'This key wants the PIN at each use.',
  TOKEN_AMBIGUOUS: 'More than one fits.',
  TOKEN_READ_ONLY: 'The token cannot be written.',
  TOKEN_ATTRIBUTE_FIXED: 'The token does not allow this object to be changed.',
  TOKEN_FULL: 'The token has no room left.',
  TOKEN_OBJECT_NOT_FOUND: 'There is no such object on the token.',
  TOKEN_MECHANISM_UNSUPPORTED: 'The token cannot do that with this key.',
  TOKEN_KEY_USE_REFUSED: 'The key may not be used for that.',
  TOKEN_KEY_NOT_EXTRACTABLE: 'The key may not leave the token.',
  TOKEN_TEMPLATE_REFUSED: 'The token does not accept a key of this kind.',
  TOKEN_DATA_REFUSED: 'The token does not accept data of this length.',
  TOKEN_CIPHERTEXT_REFUSED: 'This cannot be decrypted or unwrapped with the key.',
  TOKEN_MODULE_FAILED: 'The token module has stopped or answered what makes no sense.',
  TOKEN_MODULE_TIMEOUT: 'The token module did not answer in time and was ended.',
  CANCELLED: 'Cancelled on the token.',
}

/** A refusal with the code's text; `ckr`: what the module said, by name. */
export function tokenError(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown): KmsError {
  const shown = { ...details }
  for (const name of ['tokenLabel', 'tokenSerial'] as const) if (shown[name] !== undefined) shown[name] = shownText(shown[name])
  return new KmsError(code, texts[code] ?? 'The token refused.', shown, cause)
}

/** What the failure of a call means; errors of other kinds come back as they are. */
export function asTokenError(error: unknown, call: HostCallName, details: ErrorDetails = {}): unknown {
  if (error instanceof HostGone) {
    const code = error.ending === 'timeout' ? 'TOKEN_MODULE_TIMEOUT' : error.ending === 'stopped' ? 'CANCELLED' : 'TOKEN_MODULE_FAILED'
    return tokenError(code, details, error)
  }
  return error instanceof ModuleFailure ? ofFailure(error.failure, call, details, error) : error
}

/** SoftHSM and others say no more when what is to be decrypted was tampered with. */
const vague: ReadonlySet<string> = new Set(['CKR_GENERAL_ERROR', 'CKR_FUNCTION_FAILED'])

function ofFailure({ name, ckr, method }: HostFailure, call: HostCallName, details: ErrorDetails, cause: unknown): KmsError {
  if (name === 'NOT_A_MODULE') return unsuitable('not-pkcs11', cause)
  if (ckr === null) return tokenError(byHost[name] ?? 'TOKEN_MODULE_FAILED', details, cause)
  const code = call === 'decrypt' && method !== 'C_DecryptInit' && vague.has(name) ? 'TOKEN_CIPHERTEXT_REFUSED' : (byReturnValue[name] ?? 'TOKEN_REFUSED')
  return tokenError(code, { ...details, ckr: name }, cause)
}
