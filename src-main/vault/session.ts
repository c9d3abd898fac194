import { isKmsError, KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import { copyBytes, equalBytes } from '../crypto/bytes'
import { sealAuditEntry, type AuditDraft } from './audit-entry'
import { Checkpoint } from './checkpoint'
import { emptyHead, openHead, sealHead, type Head } from './head'
import { kindNumbers, type RowKind } from './kinds'
import { damaged, locked } from './problems'
import type { StoredRecord } from './records'
import { RowChanges, type RowTransaction } from './row-changes'
import { changeRowsHash, hashRowHeads, rowHead, RowIndex } from './row-index'
import { RowListing } from './row-listing'
import { openRow, tokenOf } from './row-sealing'
import type { SealedAuditRow, StoreChanges, StorePort } from './store-port'
import type { VaultKeys } from './vault-keys'

/** What a transaction adds beside its rows. */
export interface CommitExtras<T> {
  /** Entries for the audit log, asked for once the work is done. */
  audit: (result: T) => readonly AuditDraft[]
  /** New revision of vault.json, when the slots have changed. */
  headerRevision?: number
  /** Called once everything is on disk, before the promise resolves. */
  committed?: () => void
}

/**
 * An unlocked vault: keys, store, verified head. Owns the keys and the store. Transactions run one after the other;
 * memory follows the disk, never the other way round.
 */
export class VaultSession {
  readonly keys: VaultKeys
  readonly store: StorePort
  readonly #vaultId: string
  #head: Head
  #sealedHead: Uint8Array
  readonly #index: RowIndex
  readonly #listing: RowListing
  #queue: Promise<unknown> = Promise.resolve()
  /** While a commit is on its way; never rejects. */
  #committing: Promise<void> | null = null
  #isClosing = false

  private constructor(keys: VaultKeys, store: StorePort, vaultId: string, head: Head, sealedHead: Uint8Array, index: RowIndex, checkpoint: Checkpoint | null) {
    this.keys = keys
    this.store = store
    this.#vaultId = vaultId
    this.#head = head
    this.#sealedHead = sealedHead
    this.#index = index
    this.#listing = new RowListing(keys, store, vaultId, index, checkpoint)
  }

  /** Writes the first head into a new store. VAULT_WRITE_FAILED, NO_SPACE. */
  static async initialise(keys: VaultKeys, store: StorePort, vaultId: string): Promise<VaultSession> {
    const head = emptyHead(hashRowHeads(keys, new Uint8Array(0)))
    const sealedHead = sealHead(keys, vaultId, head)
    await store.commit({ previousHead: null, head: sealedHead, puts: [], removes: [], audit: [] })
    return new VaultSession(keys, store, vaultId, head, sealedHead, new RowIndex(new Uint8Array(0)), null)
  }

  /** Compares all rows with the sealed head. VAULT_DAMAGED when one was dropped, added, swapped or put back; writes nothing. */
  static async open(keys: VaultKeys, store: StorePort, vaultId: string): Promise<VaultSession> {
    const sealedHead = await store.readHead()
    if (!sealedHead) throw damaged()
    const head = openHead(keys, vaultId, sealedHead)
    const heads = await store.rowHeads()
    const index = new RowIndex(heads)
    const checkpoint = await Checkpoint.open(keys, vaultId, store)
    if (index.count !== head.rowCount || !equalBytes(hashRowHeads(keys, heads, checkpoint ?? undefined), head.rowsHash)) throw damaged()
    return new VaultSession(keys, store, vaultId, head, sealedHead, index, checkpoint)
  }

  get head(): Readonly<Head> {
    return this.#head
  }

  /** All rows of a kind, opened. VAULT_LOCKED, VAULT_DAMAGED. */
  async list(kind: RowKind): Promise<StoredRecord[]> {
    return this.#consistent(() => this.#listing.list(kindNumbers[kind]))
  }

  /** As list(), some rows at a time, lent for the time of the call. No transaction runs meanwhile: not to be waited for in one. */
  async scan(kind: RowKind, visit: (records: readonly StoredRecord[]) => void): Promise<void> {
    this.#checkOpen()
    await this.#enqueue(() => this.#listing.scan(kindNumbers[kind], visit))
  }

  /** Null when there is no such row. VAULT_LOCKED, VAULT_DAMAGED. */
  async read(kind: RowKind, id: string): Promise<Uint8Array | null> {
    return this.#consistent(() => this.#readStored(kind, id))
  }

  /**
   * One transaction. When `work` or the disk fails, nothing is kept and the error is passed on. `work` must not start
   * another transaction and wait for it.
   */
  transact<T>(work: (tx: RowTransaction) => Promise<T>, extras: CommitExtras<T>): Promise<T> {
    if (this.#isClosing) return Promise.reject(locked())
    return this.#enqueue(() => this.#run(work, extras))
  }

  /** Waits for the transactions that run; refuses new ones from now on. */
  async drain(): Promise<void> {
    this.#isClosing = true
    await this.#enqueue(async () => undefined)
  }

  /** Makes the next unlock faster, when enough has changed for it to matter. VAULT_WRITE_FAILED, NO_SPACE, VAULT_DAMAGED. */
  async writeCheckpoint(): Promise<void> {
    await this.#listing.writeCheckpoint(this.#head.rowsHash)
  }

  /** Destroys the keys and closes the store. Safe to call more than once. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#listing.destroy()
    this.keys.destroy()
    await this.store.close(true)
  }

  async #run<T>(work: (tx: RowTransaction) => Promise<T>, extras: CommitExtras<T>): Promise<T> {
    const changes = new RowChanges(this.keys, this.#head.nextSequence, (kind, id) => this.#readStored(kind, id))
    try {
      const result = await work(changes)
      await this.#commit(changes, extras.audit(result), extras.headerRevision ?? this.#head.headerRevision)
      extras.committed?.()
      return result
    } finally {
      changes.destroy()
    }
  }

  async #commit(changes: RowChanges, drafts: readonly AuditDraft[], headerRevision: number): Promise<void> {
    const { puts, removes } = changes
    const rows = this.#afterChanges(puts, removes)
    const audit = this.#seal(drafts)
    const head: Head = {
      ...rows,
      nextSequence: changes.nextSequence,
      generation: this.#head.generation + 1,
      headerRevision,
      auditCount: this.#head.auditCount + drafts.length,
      auditHash: audit.hash,
    }
    if (head.generation > limits.gcmUsesPerKey || head.nextSequence > limits.gcmUsesPerKey || head.auditCount > limits.gcmUsesPerKey) throw exhausted()
    const sealedHead = sealHead(this.keys, this.#vaultId, head)
    const commit = this.#takeOver({ previousHead: this.#sealedHead, head: sealedHead, puts, removes, audit: audit.rows }, head)
    this.#committing = commit.catch(() => undefined)
    try {
      await commit
    } finally {
      this.#committing = null
    }
  }

  /** Memory follows as soon as everything is on the disk. */
  async #takeOver(changes: StoreChanges, head: Head): Promise<void> {
    await this.store.commit(changes)
    for (const place of changes.removes) this.#index.remove(place)
    for (const row of changes.puts) this.#index.put(row)
    this.#head = head
    this.#sealedHead = changes.head
  }

  /**
   * What `read` gives, which compares rows with the index. The store has the rows of a commit before the index does:
   * what was read in between looks damaged, and is read again. Not for reads within a transaction. VAULT_LOCKED.
   */
  async #consistent<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.#committing) await this.#committing
      this.#checkOpen()
      const { generation } = this.#head
      try {
        return await read()
      } catch (error) {
        const isSettled = this.#committing === null && this.#head.generation === generation
        if (isSettled || !isKmsError(error, 'VAULT_DAMAGED')) throw error
      }
    }
  }

  #afterChanges(puts: RowChanges['puts'], removes: RowChanges['removes']): Pick<Head, 'rowsHash' | 'rowCount'> {
    const gone: Uint8Array[] = []
    for (const place of [...puts, ...removes]) {
      const sequence = this.#index.sequenceOf(place)
      if (sequence !== null) gone.push(rowHead({ ...place, sequence }))
    }
    const rowsHash = changeRowsHash(this.keys, this.#head.rowsHash, gone, puts.map(rowHead))
    return { rowsHash, rowCount: this.#head.rowCount - gone.length + puts.length }
  }

  #seal(drafts: readonly AuditDraft[]): { rows: SealedAuditRow[]; hash: Uint8Array } {
    let hash = this.#head.auditHash
    const rows = drafts.map((draft, index) => {
      const sealed = sealAuditEntry(this.keys, this.#head.auditCount + 1 + index, hash, draft)
      hash = sealed.hash
      return sealed.row
    })
    return { rows, hash }
  }

  async #readStored(kind: RowKind, id: string): Promise<Uint8Array | null> {
    const place = { kind: kindNumbers[kind], token: tokenOf(this.keys, id) }
    const row = await this.store.readRow(place.kind, place.token)
    if (this.keys.root.isDestroyed) throw locked()
    if ((row?.sequence ?? null) !== this.#index.sequenceOf(place)) throw damaged()
    if (!row) return null
    const record = openRow(this.keys, row)
    if (record.id !== id) throw damaged()
    const bytes = copyBytes(record.bytes)
    record.bytes.fill(0)
    return bytes
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(task, task)
    this.#queue = run.catch(() => undefined)
    return run
  }

  #checkOpen(): void {
    if (this.#isClosing) throw locked()
  }
}

function exhausted(): KmsError {
  return new KmsError('KEY_USE_EXHAUSTED', 'This vault has been written too often for its key. Restore a backup into a new vault.')
}

