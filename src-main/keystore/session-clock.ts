import type { Clock } from '../platform/ports'

/**
 * The time of a session, which never goes back: not behind what it has said before, and not behind the newest time in
 * the records. A clock that is set back therefore makes nothing rotate twice and nothing expire later; time stands still
 * until the clock has caught up. Milliseconds since the epoch.
 */
export class SessionClock implements Clock {
  readonly #clock: Clock
  #newest = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Notes a time that a record says has passed. */
  seen(timeMs: number): void {
    if (timeMs > this.#newest) this.#newest = timeMs
  }

  nowMs(): number {
    this.seen(this.#clock.nowMs())
    return this.#newest
  }
}
