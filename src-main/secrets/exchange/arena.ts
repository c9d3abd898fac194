/** One buffer for many byte arrays: it is handed to another thread, and zeroed, as a whole. */
export class Arena {
  readonly buffer: ArrayBuffer
  readonly #places = new Map<Uint8Array, Uint8Array>()
  #at = 0

  constructor(sizeBytes: number) {
    this.buffer = new ArrayBuffer(sizeBytes)
  }

  /** A copy, the same one for what many share. */
  shared(bytes: Uint8Array): Uint8Array {
    const place = this.#places.get(bytes) ?? this.#copied(bytes)
    this.#places.set(bytes, place)
    return place
  }

  /** A copy; the original is zeroed. */
  moved(bytes: Uint8Array): Uint8Array {
    const place = this.#copied(bytes)
    bytes.fill(0)
    return place
  }

  #copied(bytes: Uint8Array): Uint8Array {
    const place = new Uint8Array(this.buffer, this.#at, bytes.length)
    place.set(bytes)
    this.#at += bytes.length
    return place
  }
}
