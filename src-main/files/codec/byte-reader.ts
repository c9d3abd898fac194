/** Thrown by ByteReader when the bytes given end before the value does. Never leaves the codec. */
export class EndOfBytes extends Error {}

/** Reads big-endian values one after the other. Views of the input, no copies. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get offset(): number {
    return this.#offset
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length
  }

  /** The next `length` bytes as a view. EndOfBytes when there are fewer. */
  take(length: number): Uint8Array {
    const end = this.#offset + length
    if (end > this.#bytes.length) throw new EndOfBytes('the bytes end early')
    const view = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return view
  }

  u8(): number {
    return this.#unsigned(1)
  }

  u16(): number {
    return this.#unsigned(2)
  }

  u32(): number {
    return this.#unsigned(4)
  }

  /** A field with its length (u16) before it. */
  field(): Uint8Array {
    return this.take(this.u16())
  }

  #unsigned(size: number): number {
    return this.take(size).reduce((value, byte) => value * 256 + byte, 0)
  }
}
