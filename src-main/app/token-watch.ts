import type { Log } from '../platform/ports'

export interface TokenWatchOptions {
  /** Asks the modules what is plugged in, and tells the page what changed. */
  look: () => Promise<void>
  /** A window is open and the vault with it: there is somebody to tell. */
  isWanted: () => boolean
  /** Calls `work` at that interval until the returned function is called. */
  every: (intervalMs: number, work: () => void) => () => void
  log: Log
}

const intervalMs = 3000

/** Notices tokens that are plugged in or taken out while the window is in use. One look at a time: a slow reader is not asked again. */
export class TokenWatch {
  readonly #options: TokenWatchOptions
  readonly #stop: () => void
  #isLooking = false

  constructor(options: TokenWatchOptions) {
    this.#options = options
    this.#stop = options.every(intervalMs, () => void this.#look())
  }

  stop(): void {
    this.#stop()
  }

  async #look(): Promise<void> {
    const { look, isWanted, log } = this.#options
    if (this.#isLooking || !isWanted()) return
    this.#isLooking = true
    try {
      await look()
    } catch (error) {
      log.error('token-look', error)
    } finally {
      this.#isLooking = false
    }
  }
}
