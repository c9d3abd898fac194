import { copyBytes, joinBytes } from '../crypto/bytes'
import { type Checkpoint, checkpointKinds, sealCheckpoint } from './checkpoint'
import { kindNumbers } from './kinds'
import { damaged, locked } from './problems'
import type { StoredRecord } from './records'
import { compareHeads, headsOfKind, type RowIndex, sequenceAt, sequenceOfHead, tokenOfHead } from './row-index'
import { openContent, parseContent, RowView } from './row-sealing'
import { rowHeadBytes, type SealedRow, type StorePort } from './store-port'
import type { VaultKeys } from './vault-keys'

/** Below so many rows a checkpoint gains nothing that anybody would notice. */
const worthwhileRows = 500
/** A checkpoint is made anew when more than one row in so many has changed. */
const driftShare = 20
/** Rows are read one by one up to one in so many of their kind, and all together beyond. */
const singlesShare = 10

type Visit = (record: StoredRecord) => void

/** Reads rows of a kind: from the checkpoint where it still holds, from the rows where not. */
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
    const records: StoredRecord[] = []
    await this.scan(kind, ({ id, parentId, sequence, bytes }) => records.push({ id, parentId, sequence, bytes: copyBytes(bytes) }))
    return records
  }

  /** As list(), one row after the other; each is lent for the time of the call and zeroed then. */
  async scan(kind: number, visit: Visit): Promise<void> {
    const now = headsOfKind(this.#index.heads, kind).heads
    await this.#visitRows(kind, await this.#visitCopies(kind, now, visit), visit)
  }

  /** Writes a checkpoint of the present rows, unless there are few of them or few have changed since the last one. */
  async writeCheckpoint(rowsHash: Uint8Array): Promise<void> {
    const { heads } = this.#index
    const count = checkpointKinds.reduce((total, kind) => total + countHeads(headsOfKind(heads, kindNumbers[kind]).heads), 0)
    if (count < worthwhileRows || this.#drift(heads) * driftShare <= count) return
    const rows: SealedRow[][] = []
    for (const kind of checkpointKinds) rows.push(await this.#readRows(kindNumbers[kind]))
    const contentOf = (row: SealedRow) => openContent(this.#keys, row)
    await this.#store.writeCheckpoint(sealCheckpoint(this.#keys, this.#vaultId, { heads, rowsHash, rows, contentOf }))
  }

  /** Destroys the keys of the checkpoint. */
  destroy(): void {
    this.#checkpoint?.destroy()
  }

  /** Visits what the checkpoint holds of the rows with these heads; gives the heads of those that it does not hold. */
  async #visitCopies(kind: number, now: Uint8Array, visit: Visit): Promise<Uint8Array> {
    const checkpoint = this.#checkpoint
    if (!checkpoint) return now
    const before = headsOfKind(checkpoint.heads, kind).heads
    const numbers = new Int32Array(countHeads(before)).fill(-1)
    compareHeads(before, now, {
      same: (from, to, count) => {
        for (let at = 0; at < count; at++) numbers[from + at] = to + at
      },
    })
    const isVisited = new Uint8Array(countHeads(now))
    for await (const { first, bytes, places } of checkpoint.pages(kind)) {
      this.#checkOpen()
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      for (const [at, { start, end }] of places.entries()) {
        const number = numbers[first + at] ?? -1
        if (number < 0) continue
        visit(new RowView(buffer, start, end, sequenceAt(now, number)))
        isVisited[number] = 1
      }
    }
    this.#checkOpen()
    return headsWhere(now, (number) => isVisited[number] === 0)
  }

  /** Visits the rows with these heads, all of one kind and in order. */
  async #visitRows(kind: number, heads: Uint8Array, visit: Visit): Promise<void> {
    const all = countHeads(headsOfKind(this.#index.heads, kind).heads)
    if (countHeads(heads) * singlesShare < all) {
      for (let offset = 0; offset < heads.length; offset += rowHeadBytes) this.#visitRow(await this.#readRow(kind, heads.subarray(offset, offset + rowHeadBytes)), visit)
      return
    }
    let offset = 0
    for (const row of await this.#readRows(kind)) {
      if (offset === heads.length || Buffer.compare(tokenOfHead(heads.subarray(offset, offset + rowHeadBytes)), row.token) !== 0) continue
      this.#visitRow(row, visit)
      offset += rowHeadBytes
    }
  }

  #visitRow(row: SealedRow, visit: Visit): void {
    const content = openContent(this.#keys, row)
    try {
      visit(parseContent(content, row.sequence))
    } finally {
      content.fill(0)
    }
  }

  async #readRows(kind: number): Promise<SealedRow[]> {
    const rows = await this.#store.rowsOfKind(kind)
    this.#checkOpen()
    if (!this.#index.matches(kind, rows)) throw damaged()
    return rows
  }

  async #readRow(kind: number, head: Uint8Array): Promise<SealedRow> {
    const row = await this.#store.readRow(kind, tokenOfHead(head))
    this.#checkOpen()
    if (!row || row.sequence !== sequenceOfHead(head)) throw damaged()
    return row
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

function countHeads(heads: Uint8Array): number {
  return heads.length / rowHeadBytes
}

function headsWhere(heads: Uint8Array, isWanted: (index: number) => boolean): Uint8Array {
  const wanted: Uint8Array[] = []
  for (let index = 0; index < countHeads(heads); index++) {
    if (isWanted(index)) wanted.push(heads.subarray(index * rowHeadBytes, (index + 1) * rowHeadBytes))
  }
  return joinBytes(wanted)
}
