import { ownBytes, zero } from './bytes'
import { randomBytesOf } from './random'

/**
 * Numbers of curves as big integers, read and written without making strings of them. A big integer cannot be zeroed:
 * it stays in the engine's memory until that is used again.
 */

const limbBits = 64n
const limbBytes = 8

/** The number in `bytes`, big-endian; a multiple of 8 bytes. */
export function numberOf(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let number = 0n
  for (let at = 0; at < bytes.length; at += limbBytes) number = (number << limbBits) | view.getBigUint64(at)
  return number
}

/** `length` bytes (a multiple of 8), big-endian, in memory of their own. RangeError when the number does not fit. */
export function numberBytes(number: bigint, length: number): Uint8Array<ArrayBuffer> {
  const bytes = ownBytes(length)
  const view = new DataView(bytes.buffer)
  let rest = number
  for (let at = length - limbBytes; at >= 0; at -= limbBytes, rest >>= limbBits) view.setBigUint64(at, BigInt.asUintN(64, rest))
  if (rest !== 0n) throw new RangeError(`does not fit into ${length} bytes`)
  return bytes
}

/** `length` random bytes whose number is of 1..limit-1, by rejection; `limit` is little below 2^(8 length). */
export function randomScalarBytes(limit: bigint, length: number): Uint8Array<ArrayBuffer> {
  for (;;) {
    const bytes = randomBytesOf(length)
    const number = numberOf(bytes)
    if (number > 0n && number < limit) return bytes
    zero(bytes)
  }
}

/** A random number of 1..limit-1; see randomScalarBytes. */
export function randomScalar(limit: bigint, length: number): bigint {
  const bytes = randomScalarBytes(limit, length)
  const number = numberOf(bytes)
  zero(bytes)
  return number
}
