import { KmsError, type ErrorDetails } from '../../src-shared/errors'

/** VAULT_DAMAGED. One text for every way of damage; the cause goes to the log only. */
export function damaged(cause?: unknown): KmsError {
  return new KmsError('VAULT_DAMAGED', 'The vault file is damaged or was changed outside Keystead. It was not touched. Restore a backup.', {}, cause)
}

/** VAULT_LOCKED. */
export function locked(): KmsError {
  return new KmsError('VAULT_LOCKED', 'The vault is locked.')
}

/** VAULT_NEWER_VERSION. */
export function newerVersion(): KmsError {
  return new KmsError('VAULT_NEWER_VERSION', 'The vault was written by a newer version of Keystead. It was not touched.')
}

/** VAULT_IN_USE with the owner's process id where it is known. */
export function inUse(ownerPid?: number): KmsError {
  const details: ErrorDetails = ownerPid === undefined ? {} : { ownerPid }
  return new KmsError('VAULT_IN_USE', 'The vault is open in another process.', details)
}

/** VAULT_WRITE_FAILED: the disk refused; nothing was changed. */
export function writeFailed(cause?: unknown): KmsError {
  return new KmsError('VAULT_WRITE_FAILED', 'The vault could not be written. Nothing was changed.', {}, cause)
}

/** NO_SPACE: the disk is full; nothing was changed. */
export function noSpace(cause?: unknown): KmsError {
  return new KmsError('NO_SPACE', 'There is no space left on the disk. Nothing was changed.', {}, cause)
}

/** WRONG_PASSPHRASE. */
export function wrongPassphrase(): KmsError {
  return new KmsError('WRONG_PASSPHRASE', 'The passphrase is not right.')
}

/** SLOT_NOT_FOUND. */
export function slotNotFound(): KmsError {
  return new KmsError('SLOT_NOT_FOUND', 'There is no such way to unlock this vault.')
}

/** BACKUP_INVALID. */
export function backupInvalid(cause?: unknown): KmsError {
  return new KmsError('BACKUP_INVALID', 'This is not a complete, unchanged Keystead backup.', {}, cause)
}
