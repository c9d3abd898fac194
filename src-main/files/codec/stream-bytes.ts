/** Bytes that arrive in chunks of any size, taken in pieces of the reader's choice. Zeroes what it has given out. */
export class StreamBytes {
  readonly #chunks: AsyncIterator<Uint8Array>
  #buffer = new Uint8Array(0)
  #start = 0
  #end = 0

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** At least `length` bytes as a view that is good until the next call, or all that is left when the stream ends before. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#end - this.#start < length) {
      const next = await this.#chunks.next()
      if (next.done) break
      this.#append(next.value)
    }
    return this.#buffer.subarray(this.#start, this.#end)
  }

  /** Moves on by `length` bytes that were peeked at. */
  consume(length: number): void {
    this.#buffer.fill(0, this.#start, this.#start + length)
    this.#start += length
  }

  /** Ends the stream early and forgets what is buffered. */
  async close(): Promise<void> {
    this.#buffer.fill(0)
    this.#start = this.#end = 0
    await this.#chunks.return?.()
  }

  #append(chunk: Uint8Array): void {
    const held = this.#end - this.#start
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(held + chunk.length)
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  #makeRoom(needed: number): void {
    const held = this.#buffer.subarray(this.#start, this.#end)
    if (needed <= this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#start, this.#end)
      this.#buffer.fill(0, held.length, this.#end)
    } else {
      const wider = new Uint8Array(Math.max(needed, this.#buffer.length * 2))
      wider.set(held)
      this.#buffer.fill(0)
      this.#buffer = wider
    }
    this.#end = held.length
    this.#start = 0
  }
}
