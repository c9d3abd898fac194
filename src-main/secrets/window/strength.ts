import { Worker } from 'node:worker_threads'
import { KmsError } from '../../../src-shared/errors'
import { packValues } from '../../../src-shared/model/packed-values'

/** Estimates how hard values are to guess. */
export interface StrengthEstimator {
  /** A score of 0 (weak) to 4 for each value; values are borrowed. INTERNAL when the estimator is gone. One call at a time. */
  scores(values: readonly Uint8Array[]): Promise<readonly number[]>
  /** Ends it together with all that it has seen. */
  close(): Promise<void>
}

/** Begins an estimator in a thread of its own; `url` is that of its bundle. */
export function startStrengthEstimator(url: URL): StrengthEstimator {
  return new StrengthThread(url)
}

interface Waiting {
  resolve: (scores: readonly number[]) => void
  reject: (error: KmsError) => void
}

class StrengthThread implements StrengthEstimator {
  readonly #worker: Worker
  #waiting: Waiting | null = null
  #lost: KmsError | null = null

  constructor(url: URL) {
    this.#worker = new Worker(url, { name: 'strength', env: {} })
    this.#worker.on('message', (scores: readonly number[]) => this.#settle(({ resolve }) => resolve(scores)))
    this.#worker.on('error', (cause) => this.#end(cause))
    this.#worker.on('exit', () => this.#end())
  }

  scores(values: readonly Uint8Array[]): Promise<readonly number[]> {
    if (this.#lost) return Promise.reject(this.#lost)
    const packed = packValues(values)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#worker.postMessage(packed, [packed.buffer as ArrayBuffer])
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #end(cause?: unknown): void {
    this.#lost ??= new KmsError('INTERNAL', 'The check of passwords ended unexpectedly.', {}, cause)
    this.#settle(({ reject }) => this.#lost && reject(this.#lost))
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting) how(waiting)
  }
}
