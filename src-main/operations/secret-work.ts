import type { EventPayloads } from '../../src-shared/contract/events'

type Progress = EventPayloads['secretWorkChanged']

/** Progress of work on many secrets, from those who do it to those who show it. */
export class SecretWork {
  readonly #listeners = new Set<(progress: Progress) => void>()

  /** Tells how far a work has come. */
  report(work: Progress['work'], done: number, total: number): void {
    for (const listener of this.#listeners) listener({ work, done, total })
  }

  /** Gives back how to stop it. */
  onProgress(listener: (progress: Progress) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
