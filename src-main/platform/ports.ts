/** Milliseconds since the epoch, UTC. Injected so that tests own the time. */
export interface Clock {
  nowMs(): number
}

/**
 * The operating system's keychain. Each call answers within 5 s or throws: KEYCHAIN_MISSING (no service),
 * KEYCHAIN_LOCKED (the user refused or it is locked), KEYCHAIN_TIMEOUT (it hangs).
 */
export interface Keyring {
  /** Null when there is no such entry. */
  get(account: string): Promise<string | null>
  set(account: string, value: string): Promise<void>
  /** False when there was none. */
  remove(account: string): Promise<boolean>
  /** Tries a read; never throws. */
  probe(): Promise<'available' | 'missing' | 'locked' | 'timeout'>
}

/** Application log: codes, ids and durations only. Values under secret-looking names are masked. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, cause: unknown, fields?: Readonly<Record<string, unknown>>): void
}
