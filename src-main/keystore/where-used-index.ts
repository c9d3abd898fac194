import type { Caller } from '../../src-shared/model/caller'
import type { RecordTransaction, VaultRecords } from '../vault/records'
import { SerialQueue } from './serial-queue'
import { SortedList } from './sorted-list'
import { decodeUseEntry, encodeUse, type KeyUseEntry, type KeyUseRow } from './where-used-row'

/** What one transaction did to the index. */
export interface UseChanges {
  puts: readonly KeyUseRow[]
  removes: readonly string[]
}

interface UsesOfKey {
  entries: Map<string, KeyUseEntry>
  newestFirst: SortedList<KeyUseEntry>
}

const rowsPerTurn = 5000
const none: readonly KeyUseEntry[] = []

/**
 * What the keys of the vault have encrypted. The rows are read when somebody first asks, not at unlock; writing needs
 * none of them in memory. Contents of rows stay in the vault.
 */
export class WhereUsed {
  readonly #records: VaultRecords
  readonly #queue = new SerialQueue()
  readonly #keyNames = new Map<string, string>()
  #byId: Map<string, KeyUseEntry> | null = null
  #byKey = new Map<string, UsesOfKey>()

  constructor(records: VaultRecords) {
    this.#records = records
  }

  /** Entries of a key, newest first. VAULT_LOCKED, VAULT_DAMAGED. */
  async ofKey(keyId: string): Promise<readonly KeyUseEntry[]> {
    const loaded = await this.#loaded()
    const uses = loaded.get(keyId)
    return uses ? uses.newestFirst.items(() => uses.entries.values()) : none
  }

  /** Null when there is no such entry. VAULT_LOCKED, VAULT_DAMAGED. */
  async byId(useId: string): Promise<KeyUseEntry | null> {
    await this.#loaded()
    return this.#byId?.get(useId) ?? null
  }

  /**
   * One transaction; the index follows once it is on the disk. `work` says what changes and may read rows first.
   * VAULT_LOCKED, VAULT_WRITE_FAILED, NO_SPACE, and what `work` throws.
   */
  change(caller: Caller, resource: string, work: (tx: RecordTransaction) => Promise<UseChanges>): Promise<void> {
    return this.#queue.run(async () => {
      const changes = await this.#records.mutate(caller, resource, async (tx) => {
        const wanted = await work(tx)
        for (const useId of wanted.removes) await tx.remove('where-used', useId)
        for (const row of wanted.puts) await tx.put('where-used', row.entry.useId, row.entry.keyId, encodeUse(row))
        return wanted
      })
      if (this.#byId === null) return
      for (const useId of changes.removes) this.#drop(useId)
      for (const { entry } of changes.puts) this.#take(this.#byId, entry)
    })
  }

  async #loaded(): Promise<Map<string, UsesOfKey>> {
    // In the queue, so that no change slips in between reading the rows and taking them over.
    if (this.#byId === null) await this.#queue.run(() => this.#load())
    return this.#byKey
  }

  async #load(): Promise<void> {
    if (this.#byId !== null) return
    const byId = new Map<string, KeyUseEntry>()
    this.#byKey = new Map()
    const rows = await this.#records.list('where-used')
    for (const [position, row] of rows.entries()) {
      this.#take(byId, decodeUseEntry(row.id, row.bytes))
      if (position % rowsPerTurn === rowsPerTurn - 1) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#byId = byId
  }

  #take(byId: Map<string, KeyUseEntry>, taken: KeyUseEntry): void {
    if (byId.has(taken.useId)) this.#drop(taken.useId)
    const entry = { ...taken, keyId: this.#shared(taken.keyId), keyVersionId: this.#shared(taken.keyVersionId) }
    const uses = this.#usesOf(entry.keyId)
    byId.set(entry.useId, entry)
    uses.entries.set(entry.useId, entry)
    uses.newestFirst.changed(entry)
  }

  #drop(useId: string): void {
    const entry = this.#byId?.get(useId)
    if (!entry) return
    this.#byId?.delete(useId)
    const uses = this.#byKey.get(entry.keyId)
    uses?.entries.delete(useId)
    uses?.newestFirst.removed(entry)
  }

  #usesOf(keyId: string): UsesOfKey {
    const known = this.#byKey.get(keyId)
    if (known) return known
    const fresh: UsesOfKey = { entries: new Map(), newestFirst: new SortedList(newestFirst) }
    this.#byKey.set(keyId, fresh)
    return fresh
  }

  /** One string per key and version instead of one per entry. */
  #shared(id: string): string {
    const known = this.#keyNames.get(id)
    if (known !== undefined) return known
    this.#keyNames.set(id, id)
    return id
  }
}

function newestFirst(a: KeyUseEntry, b: KeyUseEntry): number {
  return b.encryptedAt - a.encryptedAt || (a.useId < b.useId ? -1 : Number(a.useId > b.useId))
}
