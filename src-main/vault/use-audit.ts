import { isKmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { Clock, Log } from '../platform/ports'
import { auditDraft, type AuditDraft } from './audit-entry'
import type { UseAudit } from './records'

const flushDelayMs = 1000
const pendingCapacity = 10_000

/**
 * Audit of calls that change no row. Entries wait in memory for at most a second and are written in one transaction;
 * those made while the vault is locked (refused calls, wrong passphrases) wait for the next unlock. The oldest are
 * forgotten when more than 10,000 wait.
 */
export class UseAuditQueue implements UseAudit {
  readonly #clock: Clock
  readonly #log: Log
  readonly #flush: () => Promise<void>
  #pending: AuditDraft[] = []
  #timer: NodeJS.Timeout | null = null

  /** `flush` writes what take() gives; it does nothing while the vault is locked. */
  constructor(clock: Clock, log: Log, flush: () => Promise<void>) {
    this.#clock = clock
    this.#log = log
    this.#flush = flush
  }

  /** Never throws. */
  record(caller: Caller, resource: string, code: string | null): void {
    this.#pending.push(auditDraft(caller, resource, code, this.#clock.nowMs()))
    if (this.#pending.length > pendingCapacity) this.#pending.splice(0, this.#pending.length - pendingCapacity)
    this.#timer ??= setTimeout(() => void this.#flushNow(), flushDelayMs).unref()
  }

  /** A copy of what waits. The caller tells by written() once it is on disk. */
  waiting(): readonly AuditDraft[] {
    return [...this.#pending]
  }

  /** Forgets entries that are on disk now. */
  written(drafts: readonly AuditDraft[]): void {
    const done = new Set(drafts)
    this.#pending = this.#pending.filter((draft) => !done.has(draft))
  }

  /** Stops the timer; what waits stays. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  async #flushNow(): Promise<void> {
    this.#timer = null
    try {
      await this.#flush()
    } catch (error) {
      // The entries still wait and go with the next transaction.
      this.#log.error('audit-flush', error, { code: isKmsError(error) ? error.code : 'INTERNAL' })
    }
  }
}
