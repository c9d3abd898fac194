import { withoutLeadingZeros } from './ber'
import { notAKey } from './failure'

/** Reads the data types of RFC 4251 section 5, as views. KeyFormatError `not-a-key` where the bytes do not fit. */
export class SshReader {
  readonly #source: Uint8Array
  #at = 0

  constructor(source: Uint8Array) {
    this.#source = source
  }

  /** uint32. */
  number(): number {
    return this.#take(4).reduce((value, byte) => value * 256 + byte, 0)
  }

  /** string. */
  bytes(): Uint8Array {
    return this.#take(this.number())
  }

  /** A string that names something: short and ASCII. */
  text(): string {
    const bytes = this.bytes()
    if (bytes.length > 64 || bytes.some((byte) => byte < 0x21 || byte > 0x7e)) throw notAKey()
    return String.fromCharCode(...bytes)
  }

  /** Magnitude of an mpint that is not negative, without leading zeros. */
  mpint(): Uint8Array {
    const bytes = this.bytes()
    if ((bytes[0] ?? 0) > 0x7f) throw notAKey()
    return withoutLeadingZeros(bytes)
  }

  /** What is left counts 1, 2, 3 and so on. */
  padding(): void {
    const rest = this.#source.subarray(this.#at)
    if (rest.some((byte, index) => byte !== ((index + 1) & 0xff))) throw notAKey()
  }

  end(): void {
    if (this.#at !== this.#source.length) throw notAKey()
  }

  #take(length: number): Uint8Array {
    if (length > this.#source.length - this.#at) throw notAKey()
    const bytes = this.#source.subarray(this.#at, this.#at + length)
    this.#at += length
    return bytes
  }
}
