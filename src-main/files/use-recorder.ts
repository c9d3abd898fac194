import type { FileUse, FileUses } from '../keystore/file-uses'
import { syncFolder } from './output-file'

/** Beyond this the transaction would hold up the others for long. */
const mostAtOnce = 500

interface Waiting {
  use: FileUse
  folder: string
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * Tells the vault of the files that a job has written, as many in one transaction as have come together while the last
 * one was on its way. The names of the files are made durable first: what the vault knows must be true after a crash.
 */
export class UseRecorder {
  readonly #uses: FileUses
  readonly #waiting: Waiting[] = []
  #isBusy = false

  constructor(uses: FileUses) {
    this.#uses = uses
  }

  /** Resolves when the vault has it; `folder` is where the file was written. The codes of FileUses.record(). */
  record(use: FileUse, folder: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ use, folder, resolve, reject })
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    for (let some = this.#waiting.splice(0, mostAtOnce); some.length > 0; some = this.#waiting.splice(0, mostAtOnce)) await this.#write(some)
    this.#isBusy = false
  }

  async #write(some: readonly Waiting[]): Promise<void> {
    try {
      await Promise.all([...new Set(some.map(({ folder }) => folder))].map(syncFolder))
      await this.#uses.record(some.map(({ use }) => use))
      for (const { resolve } of some) resolve()
    } catch (error) {
      for (const { reject } of some) reject(error)
    }
  }
}
