import { createCipheriv } from 'node:crypto'
import { equalBytes, utf8 } from './bytes'
import { hkdfSha256 } from './hkdf'
import { SecretBuffer } from './secret-buffer'

const valueBytes = 32
const blockBytes = 16
const elementBytes = 2 * blockBytes
const limbs = valueBytes / 4
/** Sums of 32-bit limbs stay exact in a double up to 2^21 terms. */
const termsPerSum = 2 ** 20

/**
 * Keyed hash of a multiset (MSet-Add-Hash, Clarke et al. 2003): the sum modulo 2^256 of a pseudo-random function of each
 * element. Order does not matter. The paper blinds the sum with a nonce because it publishes it; here the value is kept
 * only inside a sealed record, so an attacker never sees one to solve for.
 *
 * The function is AES-256: the element, at most 31 bytes, is padded with 80 00… to two blocks; T is their CBC-MAC (sound
 * for one fixed length); the term is E(T) ‖ E(T ⊕ 1) under a second key. Each step runs over all elements in one call,
 * which makes hundreds of thousands of rows a matter of milliseconds, where an HMAC each would cost most of an unlock.
 */
export class MultisetHash {
  readonly #macKey: SecretBuffer
  readonly #expandKey: SecretBuffer
  readonly #sum = new Uint8Array(valueBytes)

  /** Derives from `key` (borrowed) and copies `initial` (a former value(); the empty multiset without it). RangeError when that is not 32 bytes. */
  constructor(key: Uint8Array, initial?: Uint8Array) {
    if (initial && initial.length !== valueBytes) throw new RangeError('a multiset hash has 32 bytes')
    this.#macKey = SecretBuffer.take(hkdfSha256(key, new Uint8Array(0), utf8('multiset-hash mac'), 32))
    this.#expandKey = SecretBuffer.take(hkdfSha256(key, new Uint8Array(0), utf8('multiset-hash expand'), 32))
    if (initial) this.#sum.set(initial)
  }

  /** Counts `element` (at most 31 bytes, else RangeError) in once more. */
  add(element: Uint8Array): void {
    this.addAll(element, element.length)
  }

  /** Takes `element` out once: the inverse of add(). Whether it was in cannot be known here. */
  remove(element: Uint8Array): void {
    this.removeAll(element, element.length)
  }

  /** Counts in every element of `packed`, which holds them one after the other, each of `size` bytes (1 to 31). */
  addAll(packed: Uint8Array, size: number): void {
    this.#eachSum(packed, size, (sum) => addInto(this.#sum, sum))
  }

  /** Takes out every element of `packed`, laid out as for addAll(). */
  removeAll(packed: Uint8Array, size: number): void {
    this.#eachSum(packed, size, (sum) => subtractFrom(this.#sum, sum))
  }

  /** A copy of the current value, 32 bytes. */
  value(): Uint8Array<ArrayBuffer> {
    return this.#sum.slice()
  }

  /** Constant-time comparison with a former value(). */
  equals(value: Uint8Array): boolean {
    return equalBytes(this.#sum, value)
  }

  /** Zeroes the keys; add() and remove() throw afterwards, value() and equals() still work. */
  destroy(): void {
    this.#macKey.destroy()
    this.#expandKey.destroy()
  }

  #eachSum(packed: Uint8Array, size: number, visit: (sum: Uint8Array) => void): void {
    const step = size * termsPerSum
    for (let start = 0; start < packed.length; start += step) visit(sumOf(this.#terms(packed.subarray(start, start + step), size)))
  }

  /** The terms of all elements, 32 bytes each. */
  #terms(packed: Uint8Array, size: number): Uint8Array {
    const [first, second] = blocksOf(packed, size)
    const mac = this.#macKey.use((key) => encryptBlocks(key, xored(encryptBlocks(key, first), second)))
    return this.#expandKey.use((key) => {
      const left = encryptBlocks(key, mac)
      for (let last = blockBytes - 1; last < mac.length; last += blockBytes) mac[last] = (mac[last] ?? 0) ^ 1
      return interleaved(left, encryptBlocks(key, mac))
    })
  }
}

/** First and second blocks of the padded elements, each kind in a row. */
function blocksOf(packed: Uint8Array, size: number): [Uint8Array, Uint8Array] {
  if (size < 1 || size >= elementBytes || packed.length % size !== 0) throw new RangeError('an element has 1 to 31 bytes')
  const count = packed.length / size
  const first = new Uint8Array(count * blockBytes)
  const second = new Uint8Array(count * blockBytes)
  const padded = new Uint8Array(elementBytes)
  padded[size] = 0x80
  for (let index = 0; index < count; index++) {
    for (let at = 0; at < size; at++) padded[at] = packed[index * size + at] ?? 0
    for (let at = 0; at < blockBytes; at++) {
      first[index * blockBytes + at] = padded[at] ?? 0
      second[index * blockBytes + at] = padded[blockBytes + at] ?? 0
    }
  }
  return [first, second]
}

/** AES-256 of each block by itself: only ever used inside the pseudo-random function above. */
function encryptBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-ecb', key, null)
  cipher.setAutoPadding(false)
  const encrypted = cipher.update(blocks)
  cipher.final()
  return encrypted
}

function xored(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length)
  for (let index = 0; index < a.length; index++) result[index] = (a[index] ?? 0) ^ (b[index] ?? 0)
  return result
}

function interleaved(left: Uint8Array, right: Uint8Array): Uint8Array {
  const terms = new Uint8Array(left.length * 2)
  for (let block = 0; block < left.length; block += blockBytes) {
    terms.set(left.subarray(block, block + blockBytes), block * 2)
    terms.set(right.subarray(block, block + blockBytes), block * 2 + blockBytes)
  }
  return terms
}

/** Sum of all terms modulo 2^256, big-endian. */
function sumOf(terms: Uint8Array): Uint8Array {
  const view = new DataView(terms.buffer, terms.byteOffset, terms.length)
  const sums = new Float64Array(limbs)
  for (let offset = 0; offset < terms.length; offset += 4) {
    const limb = (offset / 4) % limbs
    sums[limb] = (sums[limb] ?? 0) + view.getUint32(offset)
  }
  const total = new DataView(new ArrayBuffer(valueBytes))
  let carry = 0
  for (let limb = limbs - 1; limb >= 0; limb--) {
    const value = (sums[limb] ?? 0) + carry
    total.setUint32(limb * 4, value % 2 ** 32)
    carry = Math.floor(value / 2 ** 32)
  }
  return new Uint8Array(total.buffer)
}

function addInto(sum: Uint8Array, term: Uint8Array): void {
  let carry = 0
  for (let index = valueBytes - 1; index >= 0; index--) {
    const total = (sum[index] ?? 0) + (term[index] ?? 0) + carry
    sum[index] = total & 0xff
    carry = total >> 8
  }
}

function subtractFrom(sum: Uint8Array, term: Uint8Array): void {
  let borrow = 0
  for (let index = valueBytes - 1; index >= 0; index--) {
    const difference = (sum[index] ?? 0) - (term[index] ?? 0) - borrow
    sum[index] = difference & 0xff
    borrow = difference < 0 ? 1 : 0
  }
}
