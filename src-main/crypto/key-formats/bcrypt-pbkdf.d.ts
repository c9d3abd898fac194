declare module 'bcrypt-pbkdf' {
  /** Fills `key` (OpenBSD's bcrypt_pbkdf); not 0 when an argument is out of its range. Lengths are in bytes. */
  export function pbkdf(
    passphrase: Uint8Array,
    passphraseLength: number,
    salt: Uint8Array,
    saltLength: number,
    key: Uint8Array,
    keyLength: number,
    rounds: number,
  ): number
}
