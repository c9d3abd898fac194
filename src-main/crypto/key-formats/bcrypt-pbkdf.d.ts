declare module 'bcrypt-pbkdf' {
  /** Bytes that hash() gives. */
  export const HASHSIZE: number
  /** One bcrypt hash of OpenBSD's bcrypt_pbkdf into `out` (HASHSIZE bytes); both inputs are SHA-512 digests. */
  export function hash(hashedPassphrase: Uint8Array, hashedSalt: Uint8Array, out: Uint8Array): void
}
