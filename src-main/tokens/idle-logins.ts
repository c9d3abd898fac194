import type { TokenSummary } from '../../src-shared/contract/tokens'
import type { Clock, Log } from '../platform/ports'

export interface IdleLoginsOptions {
  clock: Clock
  log: Log
  /** Minutes without use after which a login ends; 0: never. */
  logoutMinutes: () => number
  /** Whether anybody may be logged in at all. */
  mayHaveLogins: () => boolean
  list: () => Promise<readonly TokenSummary[]>
  logOut: (tokenId: string) => Promise<unknown>
}

/** When logins do not end by themselves: whether that is still so. */
const lookAgainMs = 60_000

/** Ends logins that are not used. */
export class IdleLogins {
  readonly #options: IdleLoginsOptions
  readonly #lastUse = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null

  constructor(options: IdleLoginsOptions) {
    this.#options = options
  }

  used(tokenId: string): void {
    this.#lastUse.set(tokenId, this.#options.clock.nowMs())
  }

  /** Looks after the time that is left, and goes on while anybody may be logged in. */
  start(afterMs = this.#limitMs() ?? lookAgainMs): void {
    if (this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#logOutIdle().catch((error: unknown) => this.#options.log.error('token-logout', error))
    }, afterMs)
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Null: logins do not end by themselves. */
  #limitMs(): number | null {
    const minutes = this.#options.logoutMinutes()
    return minutes === 0 ? null : minutes * 60_000
  }

  async #logOutIdle(): Promise<void> {
    const { clock, log, list, logOut, mayHaveLogins } = this.#options
    const limitMs = this.#limitMs()
    let nextMs = limitMs ?? lookAgainMs
    try {
      const tokens = limitMs === null ? [] : await list()
      for (const { tokenId } of tokens.filter(({ login }) => login !== null)) {
        const waitMs = (this.#lastUse.get(tokenId) ?? 0) + (limitMs ?? 0) - clock.nowMs()
        if (waitMs > 0) nextMs = Math.min(nextMs, waitMs)
        // One module at work keeps the logins of others no longer than they should be.
        else void logOut(tokenId).catch((error: unknown) => log.error('token-logout', error))
      }
    } finally {
      // A module that could not be asked now may have a login all the same.
      if (mayHaveLogins()) this.start(nextMs)
    }
  }
}
