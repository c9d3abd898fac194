import { ownBytes, zero } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'

const byteValues = 256

/**
 * `length` characters of `pool` (ASCII, no character twice) as bytes, which the caller zeroes: every text that has at
 * least one character of each of `needed` (parts of the pool, none empty) is equally likely. Whole texts are drawn until
 * one fits: to put characters in place afterwards would favour some.
 */
export function drawCharacters(pool: string, length: number, needed: readonly string[]): Uint8Array {
  const bytes = ownBytes(length)
  do fillFrom(pool, bytes)
  while (!needed.every((characters) => bytes.some((byte) => characters.includes(String.fromCharCode(byte)))))
  return bytes
}

/** Fills `bytes` with characters of the pool, each equally likely: random bytes above the last multiple of its size do not count. */
function fillFrom(pool: string, bytes: Uint8Array): void {
  const limit = byteValues - (byteValues % pool.length)
  for (let at = 0; at < bytes.length; ) {
    const random = randomBytesOf(bytes.length - at)
    for (const byte of random) if (byte < limit) bytes[at++] = pool.charCodeAt(byte % pool.length)
    zero(random)
  }
}
