import { isKmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { Clock, Log } from '../platform/ports'
import { auditDraft, type AuditDraft } from './audit-entry'
import type { UseAudit } from './records'

const flushDelayMs = 1000
const pendingCapacity = 10_000
/** From here on equal calls are counted in one entry until they are written: more of the same a second tell nobody more. */
const singleEntries = 500

/**
 * Audit of calls that change no row. Entries wait in memory for at most a second and are written in one transaction;
 * those made while the vault is locked (refused calls, wrong passphrases) wait for the next unlock. When more than 500
 * wait, calls that differ in nothing but their time become one entry with their count. The oldest are forgotten when more
 * than 10,000 entries wait.
 */
export class UseAuditQueue implements UseAudit {
  readonly #clock: Clock
  readonly #log: Log
  readonly #flush: () => Promise<void>
  #pending: AuditDraft[] = []
  /** Entries that still count further calls. */
  readonly #counting = new Map<string, AuditDraft>()
  #timer: NodeJS.Timeout | null = null

  /** `flush` writes what take() gives; it does nothing while the vault is locked. */
  constructor(clock: Clock, log: Log, flush: () => Promise<void>) {
    this.#clock = clock
    this.#log = log
    this.#flush = flush
  }

  /** Never throws. */
  record(caller: Caller, resource: string, code: string | null): void {
    if (this.#pending.length < singleEntries) this.#add(auditDraft(caller, resource, code, this.#clock.nowMs()))
    else this.#count(caller, resource, code)
    this.#timer ??= setTimeout(() => void this.#flushNow(), flushDelayMs).unref()
  }

  /** A copy of what waits, which counts nothing more. The caller tells by written() once it is on disk. */
  waiting(): readonly AuditDraft[] {
    this.#counting.clear()
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

  #count(caller: Caller, resource: string, code: string | null): void {
    const name = [caller.operation, resource, code, caller.face, caller.client].join('\0')
    const known = this.#counting.get(name)
    if (known) {
      known.count = (known.count ?? 1) + 1
      return
    }
    const draft = auditDraft(caller, resource, code, this.#clock.nowMs())
    this.#counting.set(name, draft)
    this.#add(draft)
  }

  #add(draft: AuditDraft): void {
    this.#pending.push(draft)
    if (this.#pending.length > pendingCapacity) this.#pending.splice(0, this.#pending.length - pendingCapacity)
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
