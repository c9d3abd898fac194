import type { Settings } from '../../src-shared/contract/settings'

/** The part of Electron's powerMonitor that is used. */
export interface PowerEvents {
  on(event: PowerEvent, listener: () => void): unknown
  removeListener(event: PowerEvent, listener: () => void): unknown
  /** Seconds since the last input anywhere on the system. */
  getSystemIdleTime(): number
  /** Whether the screen is locked, among others; the only answer to that on Linux, which has no event for it. */
  getSystemIdleState(idleThresholdSeconds: number): 'active' | 'idle' | 'locked' | 'unknown'
}

export type PowerEvent = 'suspend' | 'lock-screen' | 'user-did-resign-active'
export type LockReason = 'idle' | 'suspend' | 'screen-lock' | 'session-switch' | 'window-closed'

/** Two clocks: one that the user can set, one that only goes forward but may stand still while the system sleeps. */
export interface LockClock {
  wallMs(): number
  steadyMs(): number
}

interface Moment {
  wallMs: number
  steadyMs: number
}

export interface LockTriggersOptions {
  power: PowerEvents
  clock: LockClock
  settings: () => Settings
  isUnlocked: () => boolean
  lock: (reason: LockReason) => void
  /** Calls `work` at that interval until the returned function is called. */
  every: (intervalMs: number, work: () => void) => () => void
}

const checkIntervalMs = 2000
/** As the threshold of "idle" only; "locked" does not depend on it. */
const anyThresholdSeconds = 60

/** Locks the vault when the user is away: no input, suspend, screen lock, session switch, closed window; as the settings say. */
export class LockTriggers {
  readonly #options: LockTriggersOptions
  readonly #stops: (() => void)[]
  #lastInput: Moment
  #lastCheck: Moment
  #systemReportsIdle = false

  constructor(options: LockTriggersOptions) {
    this.#options = options
    this.#lastInput = this.#now()
    this.#lastCheck = this.#lastInput
    this.#stops = [
      this.#onPower('suspend', 'suspend', (settings) => settings.lockOnSuspend),
      this.#onPower('lock-screen', 'screen-lock', (settings) => settings.lockOnScreenLock),
      this.#onPower('user-did-resign-active', 'session-switch', (settings) => settings.lockOnScreenLock),
      options.every(checkIntervalMs, () => this.#check()),
    ]
  }

  /** The user did something in the window, or has just unlocked. */
  activity(): void {
    this.#lastInput = this.#now()
  }

  /** The last window was closed. */
  windowClosed(): void {
    if (this.#options.settings().lockOnWindowClose) this.#lock('window-closed')
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }

  #check(): void {
    const { settings, isUnlocked, power } = this.#options
    const unwatchedMs = this.#since(this.#lastCheck)
    this.#lastCheck = this.#now()
    if (!isUnlocked()) return this.activity()
    const { lockOnScreenLock, lockAfterIdleMinutes } = settings()
    if (lockOnScreenLock && power.getSystemIdleState(anyThresholdSeconds) === 'locked') return this.#lock('screen-lock')
    const limitMs = lockAfterIdleMinutes * 60_000
    if (limitMs > 0 && this.#idleMs(unwatchedMs) >= limitMs) this.#lock('idle')
  }

  /**
   * Time without input in the window. Input elsewhere on the system counts as well, but only where the system has been
   * seen to measure it: some desktops always answer 0, and that must not keep the vault open. The time since the last
   * check counts in any case: the key press that ends a sleep says nothing of who was there while it lasted.
   */
  #idleMs(unwatchedMs: number): number {
    const systemMs = this.#options.power.getSystemIdleTime() * 1000
    if (systemMs > 0) this.#systemReportsIdle = true
    const own = this.#since(this.#lastInput)
    return this.#systemReportsIdle ? Math.min(own, Math.max(systemMs, unwatchedMs)) : own
  }

  /** The larger of the two clocks' answers: a clock that is set back does not extend the time, and sleep counts. */
  #since(then: Moment): number {
    const now = this.#now()
    return Math.max(now.wallMs - then.wallMs, now.steadyMs - then.steadyMs)
  }

  #now(): Moment {
    const { clock } = this.#options
    return { wallMs: clock.wallMs(), steadyMs: clock.steadyMs() }
  }

  #onPower(event: PowerEvent, reason: LockReason, isWanted: (settings: Settings) => boolean): () => void {
    const { power, settings } = this.#options
    const listener = () => {
      if (isWanted(settings())) this.#lock(reason)
    }
    power.on(event, listener)
    return () => power.removeListener(event, listener)
  }

  #lock(reason: LockReason): void {
    if (this.#options.isUnlocked()) this.#options.lock(reason)
  }
}
