import { isKmsError } from '../../src-shared/errors'
import type { Log } from '../platform/ports'
import { destroyMaterialWhenDue, destroyWhenDue } from './destroy-key'
import { removeExpiredTokens } from './import-tokens'
import type { KeyEntry } from './key-index'
import type { KeyRecord } from './key-record'
import { rotateWhenDue, rotationDueAt } from './key-rotation'
import type { KeySession } from './key-session'
import { SerialQueue } from '../platform/serial-queue'
import { isTokenRefusal } from './token/token-refusal'

/** Calls `work` once after so many milliseconds, until the returned function is called. */
export type WakeAfter = (delayMs: number, work: () => void) => () => void

/** The longest wait: sleep and a clock that is set are noticed within a minute. */
const longestWaitMs = 60_000

/** A timer that keeps no process alive. */
export const wakeAfter: WakeAfter = (delayMs, work) => {
  const timer = setTimeout(work, delayMs).unref()
  return () => clearTimeout(timer)
}

/**
 * What keys do by themselves when their time comes: rotate (once, however long the vault was locked), lose imported
 * material and import tokens, end. Looks at every key when it starts and from then on only when one is due. Each change
 * has a transaction and an audit entry of its own; what fails is tried again within a minute.
 */
export class KeySchedule {
  readonly #session: KeySession
  readonly #log: Log
  readonly #wakeAfter: WakeAfter
  readonly #passes = new SerialQueue()
  /** Earliest time at which a key may be due; null while none will be. */
  #nextAt: number | null = null
  /** Keys of which the log has said that they wait for a token. */
  readonly #waiting = new Set<string>()
  #isStarted = false
  #stopTimer: () => void = () => undefined

  constructor(session: KeySession, log: Log, timer: WakeAfter = wakeAfter) {
    this.#session = session
    this.#log = log
    this.#wakeAfter = timer
  }

  /** Begins to watch; the first look comes right after what runs now. */
  start(): void {
    this.#isStarted = true
    this.#nextAt = this.#session.nowMs()
    this.#setTimer()
  }

  stop(): void {
    this.#isStarted = false
    this.#stopTimer()
  }

  /** A key is new or changed, so it may be due at another time. */
  keyChanged(keyId: string): void {
    const entry = this.#session.index.byId(keyId)
    const dueAt = entry && dueTimeOf(this.#session, entry.record, this.#session.nowMs())
    if (dueAt === null || (this.#nextAt !== null && this.#nextAt <= dueAt)) return
    this.#nextAt = dueAt
    this.#setTimer()
  }

  /** Does now all that is due. Never throws. */
  run(): Promise<void> {
    return this.#passes.run(() => this.#pass())
  }

  async #pass(): Promise<void> {
    const { index } = this.#session
    const nowMs = this.#session.nowMs()
    const due: KeyEntry[] = []
    this.#nextAt = null
    for (const entry of index.entries()) {
      const dueAt = dueTimeOf(this.#session, entry.record, nowMs)
      if (dueAt === null) continue
      if (dueAt <= nowMs) due.push(entry)
      else this.#nextAt = Math.min(dueAt, this.#nextAt ?? dueAt)
    }
    due.sort((a, b) => a.record.ordinal - b.record.ordinal)
    for (const { keyId } of due) if (!(await this.#settle(keyId))) break
    this.#setTimer()
  }

  /** False when the others must wait as well. */
  async #settle(keyId: string): Promise<boolean> {
    try {
      await removeExpiredTokens(this.#session, keyId)
      await destroyMaterialWhenDue(this.#session, keyId)
      await destroyWhenDue(this.#session, keyId)
      await rotateWhenDue(this.#session, keyId)
      return true
    } catch (error) {
      if (isKmsError(error, 'VAULT_LOCKED')) return false
      this.#report(keyId, error)
      const againAt = this.#session.nowMs() + longestWaitMs
      this.#nextAt = Math.min(againAt, this.#nextAt ?? againAt)
      return !isKmsError(error, 'VAULT_WRITE_FAILED') && !isKmsError(error, 'NO_SPACE')
    }
  }

  /** That a token is away is nothing to look into; the page of the key says it. */
  #report(keyId: string, error: unknown): void {
    if (!isTokenRefusal(error)) return this.#log.error('key-schedule', error, { keyId })
    if (!this.#waiting.has(keyId)) this.#log.info('key waits for its token', { keyId, code: error.code })
    this.#waiting.add(keyId)
  }

  #setTimer(): void {
    this.#stopTimer()
    if (!this.#isStarted || this.#nextAt === null) return
    const waitMs = Math.max(0, Math.min(this.#nextAt - this.#session.nowMs(), longestWaitMs))
    this.#stopTimer = this.#wakeAfter(waitMs, () => this.#wake())
  }

  #wake(): void {
    if (this.#nextAt !== null && this.#nextAt <= this.#session.nowMs()) void this.run()
    else this.#setTimer()
  }
}

/** When something happens to a key by itself, milliseconds since the epoch; null: nothing will. */
function dueTimeOf({ importTokens }: KeySession, record: KeyRecord, nowMs: number): number | null {
  const { keyId, deletesAt, importedMaterial } = record
  const endsAt = earlier(deletesAt, earlier(importedMaterial.expiresAt, importTokens.nextOf(keyId)))
  return earlier(endsAt, rotationDueAt(record, nowMs))
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}
