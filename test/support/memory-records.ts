import type { Caller } from '../../src-shared/model/caller'
import { KmsError } from '../../src-shared/errors'
import type { RecordKind, RecordTransaction, StoredRecord, UseAudit, VaultRecords } from '../../src-main/vault/records'

/** An entry as the audit log would keep it. */
export interface AuditedCall {
  caller: Caller
  resource: string
  code: string | null
}

interface Row {
  parentId: string | null
  sequence: number
  bytes: Uint8Array
}

/** The unlocked vault in memory: rows, transactions one after the other with roll-back, audit entries, and failures on demand. */
export class MemoryRecords implements VaultRecords {
  readonly vaultId: string
  /** Entries of committed transactions. */
  readonly audit: AuditedCall[] = []
  isLocked = false
  #rows = new Map<string, Row>()
  #sequence = 0
  #last: Promise<unknown> = Promise.resolve()
  #commitFailure: KmsError | null = null
  #gate: Promise<void> | null = null

  constructor(vaultId = '5b1f2a34-0000-4000-8000-00000000c0de') {
    this.vaultId = vaultId
  }

  /** The next transaction does its work and then fails to commit with this error. */
  failNextCommit(error: KmsError): void {
    this.#commitFailure = error
  }

  /** Commits wait until the returned function is called. */
  holdCommits(): () => void {
    const { promise, resolve } = deferred()
    this.#gate = promise
    return () => {
      this.#gate = null
      resolve()
    }
  }

  /** Writes a row past every rule, for tests that need a certain content. */
  plant(kind: RecordKind, id: string, parentId: string | null, bytes: Uint8Array): void {
    this.#rows.set(keyOf(kind, id), { parentId, sequence: ++this.#sequence, bytes: Uint8Array.from(bytes) })
  }

  async list(kind: RecordKind): Promise<StoredRecord[]> {
    this.#requireUnlocked()
    const prefix = keyOf(kind, '')
    return [...this.#rows]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, row]) => ({ ...row, id: key.slice(prefix.length), bytes: Uint8Array.from(row.bytes) }))
  }

  async scan(kind: RecordKind, visit: (records: readonly StoredRecord[]) => void): Promise<void> {
    const records = await this.list(kind)
    visit(records)
    for (const { bytes } of records) bytes.fill(0)
  }

  async read(kind: RecordKind, id: string): Promise<Uint8Array | null> {
    this.#requireUnlocked()
    return copyOf(this.#rows.get(keyOf(kind, id)))
  }

  mutate<T>(caller: Caller, resource: string | ((result: T) => string), work: (tx: RecordTransaction) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#transaction(caller, resource, work))
    this.#last = result.catch(() => undefined)
    return result
  }

  async #transaction<T>(caller: Caller, resource: string | ((result: T) => string), work: (tx: RecordTransaction) => Promise<T>): Promise<T> {
    this.#requireUnlocked()
    const draft = new Map(this.#rows)
    const result = await work(this.#transactionOn(draft))
    await this.#gate
    const failure = this.#commitFailure
    this.#commitFailure = null
    if (failure) throw failure
    this.#requireUnlocked()
    this.#rows = draft
    this.audit.push({ caller, resource: typeof resource === 'string' ? resource : resource(result), code: null })
    return result
  }

  #transactionOn(draft: Map<string, Row>): RecordTransaction {
    return {
      read: async (kind, id) => copyOf(draft.get(keyOf(kind, id))),
      put: async (kind, id, parentId, bytes) => {
        draft.set(keyOf(kind, id), { parentId, sequence: ++this.#sequence, bytes: Uint8Array.from(bytes) })
      },
      remove: async (kind, id) => {
        draft.delete(keyOf(kind, id))
      },
    }
  }

  #requireUnlocked(): void {
    if (this.isLocked) throw new KmsError('VAULT_LOCKED', 'The vault is locked.')
  }
}

/** Collects what services report about use. */
export class RecordedUse implements UseAudit {
  readonly calls: AuditedCall[] = []

  record(caller: Caller, resource: string, code: string | null): void {
    this.calls.push({ caller, resource, code })
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  const parts: { resolve?: () => void } = {}
  const promise = new Promise<void>((resolve) => (parts.resolve = resolve))
  return { promise, resolve: () => parts.resolve?.() }
}

function copyOf(row: Row | undefined): Uint8Array | null {
  return row ? Uint8Array.from(row.bytes) : null
}

function keyOf(kind: RecordKind, id: string): string {
  return `${kind} ${id}`
}
