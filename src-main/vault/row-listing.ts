import { type Checkpoint, checkpointKinds, sealCheckpoint } from './checkpoint'
import { kindNumbers } from './kinds'
import { damaged, locked } from './problems'
import type { StoredRecord } from './records'
import { compareHeads, headsOfKind, type RowIndex, sequenceOfHead, tokenOfHead } from './row-index'
import { openRow, parseContent, rowContent } from './row-sealing'
import { rowHeadBytes, type SealedRow, type StorePort } from './store-port'
import type { VaultKeys } from './vault-keys'

/** Below so many rows a checkpoint gains nothing that anybody would notice. */
const worthwhileRows = 500
/** A checkpoint is made anew when more than one row in so many has changed. */
const driftShare = 20

/** Lists rows of a kind: from the checkpoint where it still holds, from the rows where not. */
export class RowListing {
  readonly #keys: VaultKeys
  readonly #store: StorePort
  readonly #vaultId: string
  readonly #index: RowIndex
  readonly #checkpoint: Checkpoint | null

  /** `index` and `checkpoint` have been authenticated; takes over the checkpoint. */
  constructor(keys: VaultKeys, store: StorePort, vaultId: string, index: RowIndex, checkpoint: Checkpoint | null) {
    this.#keys = keys
    this.#store = store
    this.#vaultId = vaultId
    this.#index = index
    this.#checkpoint = checkpoint
  }

  /** All rows of a kind, opened; the bytes are the caller's. VAULT_DAMAGED when they are not the rows that the index knows. */
  async list(kind: number): Promise<StoredRecord[]> {
    return (await this.#fromCheckpoint(kind)) ?? this.#fromRows(kind)
  }

  /** Writes a checkpoint of the present rows, unless there are few of them or few have changed since the last one. */
  async writeCheckpoint(rowsHash: Uint8Array): Promise<void> {
    const { heads } = this.#index
    const rows = checkpointKinds.reduce((total, kind) => total + headsOfKind(heads, kindNumbers[kind]).heads.length / rowHeadBytes, 0)
    if (rows < worthwhileRows || this.#drift(heads) * driftShare <= rows) return
    const contents = new Map<number, Uint8Array>()
    for (const kind of checkpointKinds) {
      const { first } = headsOfKind(heads, kindNumbers[kind])
      const records = await this.#fromRows(kindNumbers[kind])
      records.forEach((record, position) => {
        contents.set(first + position, rowContent(record))
        record.bytes.fill(0)
      })
    }
    const sealed = sealCheckpoint(this.#keys, this.#vaultId, heads, rowsHash, (index) => contents.get(index) ?? new Uint8Array(0))
    for (const content of contents.values()) content.fill(0)
    await this.#store.writeCheckpoint(sealed)
  }

  /** Zeroes the checkpoint. */
  destroy(): void {
    this.#checkpoint?.destroy()
  }

  async #fromRows(kind: number): Promise<StoredRecord[]> {
    const rows = await this.#store.rowsOfKind(kind)
    this.#checkOpen()
    if (!this.#index.matches(kind, rows)) throw damaged()
    return rows.map((row) => openRow(this.#keys, row))
  }

  /** Null when it is not worth it: no checkpoint for this kind, or too much has changed. */
  async #fromCheckpoint(kind: number): Promise<StoredRecord[] | null> {
    const checkpoint = this.#checkpoint
    if (!checkpoint) return null
    const before = headsOfKind(checkpoint.heads, kind)
    const now = headsOfKind(this.#index.heads, kind).heads
    const records: StoredRecord[] = []
    const changed: Uint8Array[] = []
    compareHeads(before.heads, now, {
      same: (position, index) => {
        const head = now.subarray(index * rowHeadBytes, (index + 1) * rowHeadBytes)
        const content = checkpoint.contentOf(before.first + position)
        if (content) records.push(parseContent(content, sequenceOfHead(head)))
        else changed.push(head)
      },
      added: (head) => changed.push(head),
    })
    if (changed.length > records.length) return null
    for (const head of changed) records.push(await this.#readRow(kind, head))
    return records
  }

  async #readRow(kind: number, head: Uint8Array): Promise<StoredRecord> {
    const row: SealedRow | null = await this.#store.readRow(kind, tokenOfHead(head))
    this.#checkOpen()
    if (!row || row.sequence !== sequenceOfHead(head)) throw damaged()
    return openRow(this.#keys, row)
  }

  #drift(heads: Uint8Array): number {
    let drift = 0
    compareHeads(this.#checkpoint?.heads ?? new Uint8Array(0), heads, { gone: () => drift++, added: () => drift++ })
    return drift
  }

  #checkOpen(): void {
    if (this.#keys.root.isDestroyed) throw locked()
  }
}
