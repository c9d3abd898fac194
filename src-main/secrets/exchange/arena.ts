/** One buffer for many byte arrays: it is handed to another thread, and zeroed, as a whole. */
export class Arena {
  readonly buffer: ArrayBuffer
  #at = 0

  constructor(sizeBytes: number) {
    this.buffer = new ArrayBuffer(sizeBytes)
  }

  copied(bytes: Uint8Array): Uint8Array {
    const place = new Uint8Array(this.buffer, this.#at, bytes.length)
    place.set(bytes)
    this.#at += bytes.length
    return place
  }

  /** As copied(); the original is zeroed. */
  moved(bytes: Uint8Array): Uint8Array {
    const place = this.copied(bytes)
    bytes.fill(0)
    return place
  }
}
