import type { Caller } from '../../src-shared/model/caller'
import type { Clock, Log } from '../platform/ports'
import { auditDraft } from './audit-entry'
import { AuditReader } from './audit-reader'
import { authenticateHeader, type Header, type QuickUnlockSlot } from './header'
import type { RowTransaction } from './row-changes'
import type { CommitExtras, VaultSession } from './session'
import type { UseAuditQueue } from './use-audit'
import type { VaultFiles } from './vault-files'

/** What an open vault needs from around it. */
export interface OpenVaultParts {
  session: VaultSession
  header: Header
  files: VaultFiles
  useAudit: UseAuditQueue
  clock: Clock
  log: Log
}

/** An unlocked vault with its header: every change of either goes through here, with its audit entry. Owns the session. */
export class OpenVault {
  readonly session: VaultSession
  readonly audit: AuditReader
  readonly #parts: OpenVaultParts
  #header: Header

  constructor(parts: OpenVaultParts) {
    this.#parts = parts
    this.session = parts.session
    this.audit = new AuditReader(parts.session)
    this.#header = parts.header
  }

  get header(): Header {
    return this.#header
  }

  /** One transaction with the entry of `caller`; entries that wait go before it, so that the log keeps their order. */
  async mutate<T>(caller: Caller, resource: string | ((result: T) => string), work: (tx: RowTransaction) => Promise<T>, headerRevision?: number): Promise<T> {
    const { useAudit, clock } = this.#parts
    let waiting: ReturnType<UseAuditQueue['waiting']> = []
    const extras: CommitExtras<T> = {
      audit: (result) => {
        waiting = useAudit.waiting()
        const name = typeof resource === 'string' ? resource : resource(result)
        return [...waiting, auditDraft(caller, name, null, clock.nowMs())]
      },
      committed: () => useAudit.written(waiting),
    }
    return this.session.transact(work, headerRevision === undefined ? extras : { ...extras, headerRevision })
  }

  /** Writes the entries that wait. VAULT_WRITE_FAILED, NO_SPACE: they still wait then. */
  async flushAudit(): Promise<void> {
    const waiting = this.#parts.useAudit.waiting()
    if (waiting.length === 0) return
    const written = () => this.#parts.useAudit.written(waiting)
    await this.session.transact(async () => undefined, { audit: () => waiting, committed: written })
  }

  /**
   * Replaces the slots of vault.json, then notes its revision in the database. A crash in between is finished at the
   * next unlock; a failure puts the old file back.
   */
  async replaceSlots(caller: Caller, resource: string, slots: Header['slots']): Promise<void> {
    const { files, log } = this.#parts
    const before = this.#header
    const after = authenticateHeader(this.session.keys, { ...before, slots, revision: before.revision + 1 })
    await files.writeHeader(after)
    try {
      await this.mutate(caller, resource, async () => undefined, after.revision)
    } catch (error) {
      // Either file goes with the database as it is now: one revision ahead is taken as an unfinished change.
      await files.writeHeader(before).catch((cause: unknown) => log.error('header-undo', cause))
      throw error
    }
    this.#header = after
  }

  /** Sets or removes the quick-unlock slot, which the code over vault.json does not cover. */
  async replaceQuickUnlock(caller: Caller, resource: string, quickUnlock: QuickUnlockSlot | null): Promise<void> {
    const after = { ...this.#header, quickUnlock }
    await this.#parts.files.writeHeader(after)
    this.#header = after
    await this.mutate(caller, resource, async () => undefined)
  }

  /** Writes what waits, as far as the disk allows, and waits for running transactions; new ones are refused. Never throws. */
  async settle(): Promise<void> {
    const { useAudit, log } = this.#parts
    try {
      await this.flushAudit()
    } catch (error) {
      log.error('audit-flush', error)
    }
    await this.session.drain()
    useAudit.stop()
  }

  /** Destroys the keys and closes the database. Never throws. */
  async close(): Promise<void> {
    this.audit.clear()
    await this.session.writeCheckpoint().catch((error: unknown) => this.#parts.log.error('checkpoint', error))
    await this.session.close().catch((error: unknown) => this.#parts.log.error('vault-close', error))
  }
}
