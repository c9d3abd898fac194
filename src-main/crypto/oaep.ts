import { createHash } from 'node:crypto'
import { ownBytes, zero } from './bytes'

const hashBytes = { sha1: 20, sha256: 32 } as const

/** 1 when `value` (0..255) is zero, else 0, without a branch. */
function isZero(value: number): number {
  return ((value - 1) >>> 31) & 1
}

/**
 * As unpadOaep(), for a block from whose beginning a device may have left zeros out; it is zeroed. Null for one that is longer
 * than the modulus, too.
 */
export function unpadDeviceOaep(block: Uint8Array, modulusBytes: number, hash: keyof typeof hashBytes): Uint8Array | null {
  const whole = ownBytes(modulusBytes)
  try {
    if (block.length > modulusBytes) return null
    whole.set(block, modulusBytes - block.length)
    return unpadOaep(whole, hash)
  } finally {
    zero(block, whole)
  }
}

/**
 * The message of a block of RSAES-OAEP (RFC 8017 7.1.2, step 3) that a device has decrypted without looking at its padding; in
 * memory of its own, for the caller to zero. Null for every fault alike: which one it was, and where, changes nothing that can
 * be measured from outside until the end, because whoever can tell decrypts by asking (Manger 2001). `block` is as long as the
 * modulus, and zeroed.
 */
export function unpadOaep(block: Uint8Array, hash: keyof typeof hashBytes, label: Uint8Array = new Uint8Array()): Uint8Array | null {
  const size = hashBytes[hash]
  if (block.length < 2 * size + 2) return null
  const [seed, data] = [block.subarray(1, 1 + size), block.subarray(1 + size)]
  mask(seed, data, hash)
  mask(data, seed, hash)
  const expected = createHash(hash).update(label).digest()
  let faults = block[0] ?? 0
  for (let at = 0; at < size; at++) faults |= (data[at] ?? 0) ^ (expected[at] ?? 0)
  let start = 0
  let isBefore = 1
  for (let at = size; at < data.length; at++) {
    const value = data[at] ?? 0
    const isMark = isBefore & isZero(value ^ 1)
    // Between the hash and the mark there is nothing but zeros.
    faults |= isBefore & (1 - isMark) & (1 - isZero(value))
    start |= (at + 1) & -isMark
    isBefore &= 1 - isMark
  }
  const isFaulty = (faults | isBefore) !== 0
  const message = isFaulty ? null : ownBytes(data.length - start)
  message?.set(data.subarray(start))
  zero(block)
  return message
}

/** Exclusive or of `target` with MGF1 of `seed` (RFC 8017 B.2.1). */
function mask(target: Uint8Array, seed: Uint8Array, hash: keyof typeof hashBytes): void {
  const counter = Buffer.alloc(4)
  for (let from = 0, block = 0; from < target.length; from += hashBytes[hash], block++) {
    counter.writeUInt32BE(block)
    const digest = createHash(hash).update(seed).update(counter).digest()
    const end = Math.min(digest.length, target.length - from)
    for (let at = 0; at < end; at++) target[from + at] = (target[from + at] ?? 0) ^ (digest[at] ?? 0)
    zero(digest)
  }
}
