/** Why no private key came out. `inconsistent`: the private and the public part do not belong together. */
export type KeyFormatReason = 'not-a-key' | 'passphrase-needed' | 'passphrase-wrong' | 'unsupported' | 'inconsistent'

/** The one failure of this folder. The message is a fixed phrase for people; it never repeats what was read. */
export class KeyFormatError extends Error {
  readonly reason: KeyFormatReason

  constructor(reason: KeyFormatReason, phrase: string) {
    super(phrase)
    this.name = 'KeyFormatError'
    this.reason = reason
  }
}

/** True when `value` is a KeyFormatError, of the given reason when one is named. */
export function isKeyFormatError(value: unknown, reason?: KeyFormatReason): value is KeyFormatError {
  return value instanceof KeyFormatError && (reason === undefined || value.reason === reason)
}

export function notAKey(): KeyFormatError {
  return new KeyFormatError('not-a-key', 'no private key in a known format was found')
}

export function passphraseNeeded(): KeyFormatError {
  return new KeyFormatError('passphrase-needed', 'the private key is encrypted: its passphrase is needed')
}

/** Damage to an encrypted key looks the same as a wrong passphrase. */
export function passphraseWrong(): KeyFormatError {
  return new KeyFormatError('passphrase-wrong', 'the passphrase does not open the private key, or the file is damaged')
}

export function unsupported(phrase: string): KeyFormatError {
  return new KeyFormatError('unsupported', phrase)
}

export function inconsistent(): KeyFormatError {
  return new KeyFormatError('inconsistent', 'the parts of the key do not belong together')
}
