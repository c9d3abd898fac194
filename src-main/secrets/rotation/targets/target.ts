import { KmsError } from '../../../../src-shared/errors'

/** What logs in at a target. Its bytes are lent for the time of a call. */
export interface Credential {
  readonly account: string
  /** A password as UTF-8, a private key as PKCS#8 (DER), or for a command the whole value. */
  readonly secret: Uint8Array<ArrayBuffer>
  /** Of a private key: `type base64`, as in authorized_keys; null for a password. */
  readonly publicKey: string | null
}

/** A new value for an account. */
export interface TargetChange {
  /** Who makes the change; null: the account itself, logged in with `from`. */
  readonly admin: Credential | null
  /** What logs in now. */
  readonly from: Credential
  /** What shall log in. */
  readonly to: Credential
  /** `to` is the old value, which is put back. */
  readonly isRollback: boolean
}

/** How a login ended. */
export interface LoginAnswer {
  readonly isAccepted: boolean
  /** What the target said when it refused, without any value. */
  readonly reason: string | null
  /** SHA-256 fingerprint of an SSH server's key. */
  readonly hostKey: string | null
}

/**
 * Where a rotation takes effect. Failures are KmsErrors with a `rotationReason`, which never holds a value:
 * ROTATION_TARGET_UNREACHABLE and ROTATION_LOGIN_REFUSED while nothing is changed there, ROTATION_APPLY_FAILED when it is
 * not known whether something is.
 */
export interface RotationTarget {
  /** The old value logs in beside the new one until retire(). Otherwise the new one takes its place. */
  readonly keepsOld: boolean
  /** A refusal of one value says nothing of another: only logins that must work are tried. */
  readonly isOpaque: boolean
  /** Tries a login and ends it; changes nothing. ROTATION_TARGET_UNREACHABLE. */
  login(credential: Credential): Promise<LoginAnswer>
  /** Makes `to` log in. Does no harm when it does already. */
  apply(change: TargetChange): Promise<void>
  /** Makes `credential` log in no more; `actor` is what logs in from now on. Nothing where keepsOld is false. */
  retire(actor: Credential, credential: Credential): Promise<void>
  /** Ends it; what is under way fails. */
  close(): Promise<void>
}

/** ROTATION_TARGET_UNREACHABLE: nothing was changed. */
export function unreachable(rotationReason: string): KmsError {
  return new KmsError('ROTATION_TARGET_UNREACHABLE', 'The target of the rotation cannot be reached.', { rotationReason })
}

/** ROTATION_LOGIN_REFUSED: nothing was changed. */
export function loginRefused(rotationReason: string): KmsError {
  return new KmsError('ROTATION_LOGIN_REFUSED', 'The target of the rotation refuses the login.', { rotationReason })
}

/** ROTATION_APPLY_FAILED: it may have been changed. */
export function applyFailed(rotationReason: string): KmsError {
  return new KmsError('ROTATION_APPLY_FAILED', 'The target of the rotation did not take the new value.', { rotationReason })
}

/** A login that worked. */
export const accepted: LoginAnswer = { isAccepted: true, reason: null, hostKey: null }

/** A login that was refused. */
export function refused(reason: string): LoginAnswer {
  return { isAccepted: false, reason, hostKey: null }
}

/** The name that the system or a library gives an error, such as ECONNREFUSED or 28P01; never its message, which may quote what was sent. */
export function nameOfError(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{1,48}$/.test(code) ? code : 'no further reason'
}
