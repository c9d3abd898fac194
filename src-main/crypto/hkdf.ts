import { hkdfSync } from 'node:crypto'

/**
 * HKDF-SHA256 (RFC 5869), extract and expand. The result is in memory of its own; the caller zeroes it.
 * Buffers are borrowed. RangeError when `lengthBytes` is above 255 x 32; `info` is limited to 1024 bytes.
 */
export function hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, lengthBytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha256', ikm, salt, info, lengthBytes))
}

/** HKDF-SHA512, otherwise as hkdfSha256; at most 255 x 64 bytes. Derives the keys of a file (file format section 1.3). */
export function hkdfSha512(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, lengthBytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync('sha512', ikm, salt, info, lengthBytes))
}
