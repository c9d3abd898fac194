import { timingSafeEqual } from 'node:crypto'

const encoder = new TextEncoder()

/**
 * `length` zero bytes outside the engine's heap. An array of up to 64 bytes that is made in another way lies inside it,
 * where the garbage collector copies it and from where it is copied out when native code first asks for it: zeroing
 * misses what stays behind. So whatever may hold a secret is made here.
 */
export function ownBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length))
}

/** A copy in memory of its own (ownBytes), for the caller to zero. */
export function copyBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const own = ownBytes(bytes.length)
  own.set(bytes)
  return own
}

/** All parts one after the other, in memory of its own. Adds no lengths: the caller makes the joint unambiguous. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joinBytes(parts)
}

/** As concatBytes() for a list of any length: a call takes some hundred thousand arguments only. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = ownBytes(parts.reduce((total, part) => total + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Constant-time for equal lengths; false for different lengths. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Big-endian, 2 bytes. RangeError when `value` is no integer of 0..2^16-1. */
export function u16(value: number): Uint8Array<ArrayBuffer> {
  return unsigned(value, 2)
}

/** Big-endian, 4 bytes. RangeError when `value` is no integer of 0..2^32-1. */
export function u32(value: number): Uint8Array<ArrayBuffer> {
  return unsigned(value, 4)
}

/** Big-endian, 8 bytes. RangeError when `value` is no safe integer or bigint of 0..2^64-1. */
export function u64(value: number | bigint): Uint8Array<ArrayBuffer> {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError('not an exact integer')
  const wide = BigInt(value)
  if (wide < 0n || wide >= 1n << 64n) throw new RangeError('does not fit into 8 bytes')
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, wide)
  return bytes
}

/** UTF-8 of `text`, in memory of its own. For text that is no secret: the string itself cannot be zeroed. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** Overwrites every buffer given with zeros; null and undefined are skipped. */
export function zero(...buffers: readonly (Uint8Array | null | undefined)[]): void {
  for (const buffer of buffers) buffer?.fill(0)
}

function unsigned(value: number, size: 2 | 4): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) throw new RangeError(`does not fit into ${size} bytes`)
  return size === 2 ? Uint8Array.of(value >> 8, value) : Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}
