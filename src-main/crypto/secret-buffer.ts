import { randomFillSync, timingSafeEqual } from 'node:crypto'
import { copyBytes, ownBytes } from './bytes'

const mask = '[SecretBuffer]'

/**
 * Owns secret bytes in an ArrayBuffer of their own (never Node's shared pool), lends them to a callback and zeroes them
 * on destroy(). What JavaScript cannot promise: that the engine or the operating system never copied the memory
 * elsewhere (swap, garbage collection of strings made from the bytes); therefore strings are never made from them here.
 */
export class SecretBuffer {
  #bytes: Uint8Array | null
  readonly length: number

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.length = bytes.length
  }

  /** Takes over the content of `bytes`: copies it and zeroes the source. */
  static take(bytes: Uint8Array): SecretBuffer {
    const own = copyBytes(bytes)
    bytes.fill(0)
    return new SecretBuffer(own)
  }

  /** `length` random bytes from the system's generator. */
  static random(length: number): SecretBuffer {
    return new SecretBuffer(randomFillSync(ownBytes(length)))
  }

  get isDestroyed(): boolean {
    return this.#bytes === null
  }

  /** Lends the bytes for the time of the call; the callback must not keep them. Throws after destroy(). */
  use<T>(borrow: (bytes: Uint8Array) => T): T {
    if (this.#bytes === null) throw new Error('SecretBuffer was used after destroy()')
    return borrow(this.#bytes)
  }

  /** An independent copy with its own life. */
  clone(): SecretBuffer {
    return this.use((bytes) => new SecretBuffer(copyBytes(bytes)))
  }

  /** Constant-time comparison; false for different lengths. */
  equals(other: Uint8Array): boolean {
    return this.use((bytes) => bytes.length === other.length && timingSafeEqual(bytes, other))
  }

  /** Zeroes the bytes. Safe to call more than once. */
  destroy(): void {
    this.#bytes?.fill(0)
    this.#bytes = null
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return mask
  }
}
