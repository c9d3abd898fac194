import { equalBytes } from './bytes'
import { hmacSha256 } from './hmac'
import { SecretBuffer } from './secret-buffer'

const valueBytes = 32

/**
 * Keyed hash of a multiset (MSet-Add-Hash, Clarke et al. 2003): the sum modulo 2^256 of HMAC-SHA256(key, element).
 * Order does not matter and adding and removing cost one HMAC each. The paper blinds the sum with a nonce because it
 * publishes it; here the value is kept only inside a sealed record, so an attacker never sees one to solve for.
 */
export class MultisetHash {
  readonly #key: SecretBuffer
  readonly #sum = new Uint8Array(valueBytes)

  /** Copies `key` and `initial` (a former value(); the empty multiset without it). RangeError when that is not 32 bytes. */
  constructor(key: Uint8Array, initial?: Uint8Array) {
    if (initial && initial.length !== valueBytes) throw new RangeError('a multiset hash has 32 bytes')
    this.#key = SecretBuffer.take(Uint8Array.from(key))
    if (initial) this.#sum.set(initial)
  }

  /** Counts `element` in once more. */
  add(element: Uint8Array): void {
    addInto(this.#sum, this.#digest(element))
  }

  /** Takes `element` out once: the inverse of add(). Whether it was in cannot be known here. */
  remove(element: Uint8Array): void {
    subtractFrom(this.#sum, this.#digest(element))
  }

  /** A copy of the current value, 32 bytes. */
  value(): Uint8Array<ArrayBuffer> {
    return this.#sum.slice()
  }

  /** Constant-time comparison with a former value(). */
  equals(value: Uint8Array): boolean {
    return equalBytes(this.#sum, value)
  }

  /** Zeroes the copy of the key; add() and remove() throw afterwards, value() and equals() still work. */
  destroy(): void {
    this.#key.destroy()
  }

  #digest(element: Uint8Array): Uint8Array {
    return this.#key.use((key) => hmacSha256(key, element))
  }
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
