import type { Caller } from '../../src-shared/model/caller'
import type { RecordTransaction, VaultRecords } from '../vault/records'
import { SerialQueue } from '../platform/serial-queue'
import { SortedList } from './sorted-list'
import { decodeUseEntry, encodeUse, type KeyUseEntry, type KeyUseRow } from './where-used-row'

/** What one transaction did to the index. */
export interface UseChanges {
  puts: readonly KeyUseRow[]
  removes: readonly string[]
}

const rowsPerTurn = 5000

/**
 * What the keys of the vault have encrypted. The rows are read when somebody first asks, not at unlock; writing needs
 * none of them in memory. Contents of rows stay in the vault.
 */
export class WhereUsed {
  readonly #records: VaultRecords
  readonly #queue = new SerialQueue()
  readonly #names = new Map<string, string>()
  #entries: Map<string, KeyUseEntry> | null = null
  /** Of the keys that somebody has asked for. */
  readonly #newestFirst = new Map<string, SortedList<KeyUseEntry>>()

  constructor(records: VaultRecords) {
    this.#records = records
  }

  /** Entries of a key, newest first. VAULT_LOCKED, VAULT_DAMAGED. */
  async ofKey(keyId: string): Promise<readonly KeyUseEntry[]> {
    const entries = await this.#loaded()
    const known = this.#newestFirst.get(keyId)
    const list = known ?? new SortedList(newestFirst)
    if (!known) this.#newestFirst.set(keyId, list)
    return list.items(() => [...entries.values()].filter((entry) => entry.keyId === keyId))
  }

  /** Null when there is no such entry. VAULT_LOCKED, VAULT_DAMAGED. */
  async byId(useId: string): Promise<KeyUseEntry | null> {
    return (await this.#loaded()).get(useId) ?? null
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
      const entries = this.#entries
      if (entries === null) return
      for (const useId of changes.removes) this.#drop(entries, useId)
      for (const { entry } of changes.puts) {
        this.#drop(entries, entry.useId)
        entries.set(entry.useId, entry)
        this.#newestFirst.get(entry.keyId)?.changed(entry)
      }
    })
  }

  async #loaded(): Promise<Map<string, KeyUseEntry>> {
    // In the queue, so that no change slips in between reading the rows and taking them over.
    return this.#entries ?? this.#queue.run(() => this.#load())
  }

  async #load(): Promise<Map<string, KeyUseEntry>> {
    if (this.#entries !== null) return this.#entries
    const entries = new Map<string, KeyUseEntry>()
    const rows = await this.#records.list('where-used')
    for (const [position, row] of rows.entries()) {
      entries.set(row.id, decodeUseEntry(row.id, row.bytes, (name) => this.#shared(name)))
      if (position % rowsPerTurn === rowsPerTurn - 1) await new Promise((resolve) => setImmediate(resolve))
    }
    this.#entries = entries
    return entries
  }

  #drop(entries: Map<string, KeyUseEntry>, useId: string): void {
    const entry = entries.get(useId)
    if (!entry) return
    entries.delete(useId)
    this.#newestFirst.get(entry.keyId)?.removed(entry)
  }

  /** One string per key and version instead of one per entry. */
  #shared(name: string): string {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    this.#names.set(name, name)
    return name
  }
}

function newestFirst(a: KeyUseEntry, b: KeyUseEntry): number {
  return b.encryptedAt - a.encryptedAt || (a.useId < b.useId ? -1 : Number(a.useId > b.useId))
}
