import { unreadable } from './import-errors'

/** Reads binary files from front to end; IMPORT_UNREADABLE where there is no more. What it gives are parts of the file. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(length: number): Uint8Array {
    if (!(length >= 0) || length > this.left) throw unreadable()
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  rest(): Uint8Array {
    return this.take(this.left)
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1))
  }

  /** Little-endian, as all of these. */
  u16(): number {
    return this.#view.getUint16(this.#step(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), true)
  }

  #step(length: number): number {
    this.take(length)
    return this.#at - length
  }
}
