import { concatBytes, u32, utf8 } from '../crypto/bytes'

/** Version of every sealed layout of this vault; part of all associated data. */
export const formatVersion = 1

/** Joins parts so that no two lists give the same bytes: each is preceded by its length (4 bytes). Text is UTF-8. */
export function lengthPrefixed(...parts: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  return concatBytes(
    ...parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? utf8(part) : part
      return [u32(bytes.length), bytes]
    }),
  )
}

/** Standard Base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** Bytes of canonical Base64, in memory of their own; null when the text is anything else. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const decoded = Buffer.from(text, 'base64')
  return decoded.toString('base64') === text ? Uint8Array.from(decoded) : null
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
