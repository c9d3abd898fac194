import { type Checkpoint, checkpointKinds, sealCheckpoint } from './checkpoint'
import { kindNumbers } from './kinds'
import { damaged, locked } from './problems'
import type { StoredRecord } from './records'
import { compareHeads, headsOfKind, type RowIndex, sequenceAt, sequenceOfHead, tokenOfHead } from './row-index'
import { openContent, openRow, parseContentAt } from './row-sealing'
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

  /** Says that all kinds have been listed that an unlock needs: the checkpoint's contents are zeroed and given free. */
  release(): void {
    this.#checkpoint?.release()
  }

  /** Writes a checkpoint of the present rows, unless there are few of them or few have changed since the last one. */
  async writeCheckpoint(rowsHash: Uint8Array): Promise<void> {
    const { heads } = this.#index
    const rows = checkpointKinds.reduce((total, kind) => total + headsOfKind(heads, kindNumbers[kind]).heads.length / rowHeadBytes, 0)
    if (rows < worthwhileRows || this.#drift(heads) * driftShare <= rows) return
    const contents: Uint8Array[] = []
    for (const kind of checkpointKinds) {
      for (const row of await this.#readRows(kindNumbers[kind])) contents.push(openContent(this.#keys, row))
    }
    const sealed = sealCheckpoint(this.#keys, this.#vaultId, heads, rowsHash, contents)
    for (const content of contents) content.fill(0)
    await this.#store.writeCheckpoint(sealed)
  }

  async #fromRows(kind: number): Promise<StoredRecord[]> {
    const rows = await this.#readRows(kind)
    return rows.map((row) => openRow(this.#keys, row))
  }

  async #readRows(kind: number): Promise<SealedRow[]> {
    const rows = await this.#store.rowsOfKind(kind)
    this.#checkOpen()
    if (!this.#index.matches(kind, rows)) throw damaged()
    return rows
  }

  /** Null when it is not worth it: no checkpoint for this kind, or too much has changed. */
  async #fromCheckpoint(kind: number): Promise<StoredRecord[] | null> {
    const copied = this.#checkpoint?.contentsOf(kind)
    if (!copied) return null
    const { bytes, ends } = copied
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const now = headsOfKind(this.#index.heads, kind).heads
    const records: StoredRecord[] = []
    const changed: Uint8Array[] = []
    compareHeads(copied.heads, now, {
      same: (before, index, count) => {
        for (let at = 0; at < count; at++) {
          const start = (ends[before + at - 1] ?? 0) + 4
          records.push(parseContentAt(buffer, start, ends[before + at] ?? start, sequenceAt(now, index + at)))
        }
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
