import { isKmsError } from '../../src-shared/errors'
import { wakeAfter, type WakeAfter } from '../keystore/key-schedule'
import { SerialQueue } from '../platform/serial-queue'
import type { Log } from '../platform/ports'
import { destroyWhenDue } from './destroy-secret'
import type { SecretEntry } from './secret-index'
import type { SecretSession } from './secret-session'
import type { SecretSummary } from './secret-summary'

/** Something that secrets do by themselves when their time comes. */
export interface SecretDuty {
  /** When it is due for a secret, milliseconds since the epoch; null: it will not be. */
  dueAt(summary: SecretSummary, nowMs: number): number | null
  /** Does it for a secret that may be due; looks again by itself, and does nothing when it is not. */
  carryOut(session: SecretSession, secretId: string): Promise<void>
}

/** The end of a recovery window. */
export const deletionDuty: SecretDuty = { dueAt: ({ deletesAt }) => deletesAt, carryOut: destroyWhenDue }

/** The longest wait: sleep and a clock that is set are noticed within a minute. */
const longestWaitMs = 60_000

/**
 * Carries out the duties of secrets. Looks at every secret when it starts and from then on only when one is due; what
 * fails is tried again after a minute, whatever changes meanwhile.
 */
export class SecretSchedule {
  readonly #session: SecretSession
  readonly #duties: readonly SecretDuty[]
  readonly #log: Log
  readonly #wakeAfter: WakeAfter
  readonly #passes = new SerialQueue()
  /** Earliest time at which a secret may be due; null while none will be. */
  #nextAt: number | null = null
  /** Until when a secret waits of which something failed, by its id. */
  readonly #heldUntil = new Map<string, number>()
  #isStarted = false
  #stopTimer: () => void = () => undefined

  constructor(session: SecretSession, duties: readonly SecretDuty[], log: Log, timer: WakeAfter = wakeAfter) {
    this.#session = session
    this.#duties = duties
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

  /** A secret is new or changed, so it may be due at another time; null: many are. */
  secretChanged(secretName: string | null): void {
    const entry = secretName === null ? null : this.#session.index.byName(secretName)
    const dueAt = secretName === null ? this.#session.nowMs() : entry && this.#earliestOf(entry, this.#session.nowMs())
    if (dueAt === null || (this.#nextAt !== null && this.#nextAt <= dueAt)) return
    this.#nextAt = dueAt
    this.#setTimer()
  }

  /** Does now all that is due. Never throws. */
  run(): Promise<void> {
    return this.#passes.run(() => this.#pass())
  }

  async #pass(): Promise<void> {
    const nowMs = this.#session.nowMs()
    const due: { duty: SecretDuty; secretId: string; ordinal: number }[] = []
    this.#nextAt = null
    for (const [secretId, until] of this.#heldUntil) if (until <= nowMs) this.#heldUntil.delete(secretId)
    for (const entry of this.#session.index.entries()) {
      for (const duty of this.#duties) {
        const dueAt = this.#dueAt(duty, entry, nowMs)
        if (dueAt === null) continue
        if (dueAt <= nowMs) due.push({ duty, secretId: entry.secretId, ordinal: entry.summary.ordinal })
        else this.#nextAt = Math.min(dueAt, this.#nextAt ?? dueAt)
      }
    }
    due.sort((a, b) => a.ordinal - b.ordinal)
    for (const [place, { duty, secretId }] of due.entries()) {
      if (await this.#settle(duty, secretId)) continue
      for (const left of due.slice(place)) this.#hold(left.secretId)
      break
    }
    this.#setTimer()
  }

  /** False when the others must wait as well. */
  async #settle(duty: SecretDuty, secretId: string): Promise<boolean> {
    try {
      await duty.carryOut(this.#session, secretId)
      return true
    } catch (error) {
      if (isKmsError(error, 'VAULT_LOCKED')) return false
      this.#log.error('secret-schedule', error, { secretId })
      this.#hold(secretId)
      return !isKmsError(error, 'VAULT_WRITE_FAILED') && !isKmsError(error, 'NO_SPACE')
    }
  }

  #hold(secretId: string): void {
    const until = this.#session.nowMs() + longestWaitMs
    this.#heldUntil.set(secretId, until)
    this.#nextAt = Math.min(until, this.#nextAt ?? until)
  }

  #dueAt(duty: SecretDuty, { secretId, summary }: SecretEntry, nowMs: number): number | null {
    const dueAt = duty.dueAt(summary, nowMs)
    return dueAt === null ? null : Math.max(dueAt, this.#heldUntil.get(secretId) ?? dueAt)
  }

  #earliestOf(entry: SecretEntry, nowMs: number): number | null {
    const times = this.#duties.map((duty) => this.#dueAt(duty, entry, nowMs)).filter((time) => time !== null)
    return times.length === 0 ? null : Math.min(...times)
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
