import { cancelled } from './file-errors'

const cancelWord = 0
const countWord = 1

/** What main and a worker share about one file: a flag to stop and a count of bytes done. No messages are needed. */
export class TaskControl {
  readonly memory: SharedArrayBuffer
  readonly #flags: Int32Array
  readonly #counts: BigInt64Array

  /** A new one, or the other end of one by its memory. */
  constructor(memory = new SharedArrayBuffer(16)) {
    this.memory = memory
    this.#flags = new Int32Array(memory)
    this.#counts = new BigInt64Array(memory)
  }

  get bytesDone(): number {
    return Number(Atomics.load(this.#counts, countWord))
  }

  add(bytes: number): void {
    Atomics.add(this.#counts, countWord, BigInt(bytes))
  }

  cancel(): void {
    Atomics.store(this.#flags, cancelWord, 1)
  }

  /** CANCELLED after cancel(). */
  throwIfCancelled(): void {
    if (Atomics.load(this.#flags, cancelWord) !== 0) throw cancelled()
  }
}
