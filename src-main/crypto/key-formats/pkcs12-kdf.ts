import { createHash } from 'node:crypto'
import { copyBytes, ownBytes, zero } from '../bytes'
import { giveWay } from './give-way'

/** Output and block sizes of the hashes that PKCS#12 is found with. */
const hashes = {
  sha1: { output: 20, block: 64 },
  sha256: { output: 32, block: 64 },
  sha384: { output: 48, block: 128 },
  sha512: { output: 64, block: 128 },
} as const
export type Pkcs12Hash = keyof typeof hashes

/** Some milliseconds. */
const iterationsPerTurn = 4000

/** What the derived bytes are for (RFC 7292 B.3). */
export const pkcs12Purposes = { key: 1, iv: 2, mac: 3 } as const

/**
 * Key derivation of PKCS#12 (RFC 7292 B.2). `password` is what bmpPassword gives. The result is in memory of its own,
 * for the caller to zero. Runs on this thread, which gives way every some milliseconds.
 */
export async function pkcs12Kdf(hash: Pkcs12Hash, password: Uint8Array, salt: Uint8Array, iterations: number, purpose: 1 | 2 | 3, length: number): Promise<Uint8Array> {
  const { output, block } = hashes[hash]
  const diversifier = new Uint8Array(block).fill(purpose)
  const saltBlocks = repeated(salt, block)
  const input = ownBytes(saltBlocks.length + Math.ceil(password.length / block) * block)
  input.set(saltBlocks)
  fillRepeated(input.subarray(saltBlocks.length), password)
  const derived = ownBytes(length)
  for (let at = 0; at < length; at += output) {
    const piece = await hashOften(hash, diversifier, input, iterations)
    derived.set(piece.subarray(0, length - at), at)
    addToBlocks(input, piece, block)
    zero(piece)
  }
  zero(input)
  return derived
}

/**
 * A passphrase in UTF-8 as PKCS#12 takes it: UTF-16, big-endian, with an end mark of two zero bytes (RFC 7292 B.1).
 * In memory of its own, for the caller to zero; null when it is not UTF-8.
 */
export function bmpPassword(passphrase: Uint8Array): Uint8Array | null {
  const units = ownBytes(2 * passphrase.length + 2)
  const view = new DataView(units.buffer)
  let length = 0
  for (let at = 0; at < passphrase.length; ) {
    const { codePoint, size } = readCodePoint(passphrase, at)
    if (codePoint < 0) return discard(units)
    if (codePoint > 0xffff) {
      view.setUint16(length, 0xd800 + ((codePoint - 0x10000) >> 10))
      length += 2
    }
    view.setUint16(length, codePoint > 0xffff ? 0xdc00 + (codePoint & 0x3ff) : codePoint)
    length += 2
    at += size
  }
  const password = copyBytes(units.subarray(0, length + 2))
  discard(units)
  return password
}

/** `codePoint` is negative where the bytes are not UTF-8 (RFC 3629). */
function readCodePoint(bytes: Uint8Array, at: number): { codePoint: number; size: number } {
  const first = bytes[at] ?? 0
  const size = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0
  const rest = bytes.subarray(at + 1, at + size)
  if (size === 0 || rest.length !== size - 1 || rest.some((byte) => (byte & 0xc0) !== 0x80)) return { codePoint: -1, size: 1 }
  const head = size === 1 ? first : first & (0x7f >> size)
  const codePoint = rest.reduce((value, byte) => value * 64 + (byte & 0x3f), head)
  const least = [0, 0, 0x80, 0x800, 0x10000][size] ?? 0
  const isValid = codePoint >= least && codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff)
  return { codePoint: isValid ? codePoint : -1, size }
}

function discard(bytes: Uint8Array): null {
  bytes.fill(0)
  return null
}

function repeated(bytes: Uint8Array, block: number): Uint8Array {
  const target = new Uint8Array(Math.ceil(bytes.length / block) * block)
  fillRepeated(target, bytes)
  return target
}

function fillRepeated(target: Uint8Array, bytes: Uint8Array): void {
  for (let at = 0; at < target.length; at += bytes.length) target.set(bytes.subarray(0, target.length - at), at)
}

async function hashOften(hash: Pkcs12Hash, diversifier: Uint8Array, input: Uint8Array, iterations: number): Promise<Uint8Array> {
  let digest = createHash(hash).update(diversifier).update(input).digest()
  for (let done = 1; done < iterations; done++) {
    const next = createHash(hash).update(digest).digest()
    digest.fill(0)
    digest = next
    if (done % iterationsPerTurn === 0) await giveWay()
  }
  const own = copyBytes(digest)
  digest.fill(0)
  return own
}

/** Adds the piece, repeated to a block, and one to each block, as numbers modulo 2^(8 x block). */
function addToBlocks(input: Uint8Array, piece: Uint8Array, block: number): void {
  for (let start = 0; start < input.length; start += block) {
    let carry = 1
    for (let at = block - 1; at >= 0; at--) {
      carry += (input[start + at] ?? 0) + (piece[at % piece.length] ?? 0)
      input[start + at] = carry & 0xff
      carry >>= 8
    }
  }
}
