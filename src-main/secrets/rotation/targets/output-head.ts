import { ownBytes } from '../../../crypto/bytes'

/** The first bytes of what a program writes, which may hold a value; the rest is not kept. */
export class OutputHead {
  readonly #kept: Uint8Array<ArrayBuffer>
  #length = 0

  /** Keeps so many bytes at most. */
  constructor(mostBytes: number) {
    this.#kept = ownBytes(mostBytes)
  }

  /** Takes the next piece, and zeroes it. */
  take(data: Uint8Array): void {
    const wanted = data.subarray(0, this.#kept.length - this.#length)
    this.#kept.set(wanted, this.#length)
    this.#length += wanted.length
    data.fill(0)
  }

  /** What is kept, lent until destroy(). */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#kept.subarray(0, this.#length)
  }

  /** Zeroes what is kept; nothing that is still taken is kept after it. */
  destroy(): void {
    this.#kept.fill(0)
    this.#length = this.#kept.length
  }
}
