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
/** Rows that are open at the same time when they do not come from a page. */
const rowsPerVisit = 256

type Visit = (records: readonly StoredRecord[]) => void

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
    await this.scan(kind, (batch) => {
      for (const { id, parentId, sequence, bytes } of batch) records.push({ id, parentId, sequence, bytes: copyBytes(bytes) })
    })
    return records
  }

  /** As list(), some rows at a time; they are lent for the time of the call and zeroed then. */
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
      const batch: StoredRecord[] = []
      for (const [at, { start, end }] of places.entries()) {
        const number = numbers[first + at] ?? -1
        if (number < 0) continue
        batch.push(new RowView(buffer, start, end, sequenceAt(now, number)))
        isVisited[number] = 1
      }
      visit(batch)
    }
    this.#checkOpen()
    return headsWhere(now, (number) => isVisited[number] === 0)
  }

  /** Visits the rows with these heads, all of one kind and in order. */
  async #visitRows(kind: number, heads: Uint8Array, visit: Visit): Promise<void> {
    const all = countHeads(headsOfKind(this.#index.heads, kind).heads)
    if (countHeads(heads) * singlesShare < all) {
      for (const head of eachHead(heads)) this.#visitOpened([await this.#readRow(kind, head)], visit)
      return
    }
    const wanted = eachHead(heads)
    let next = wanted.next().value
    const rows: SealedRow[] = []
    for (const row of await this.#readRows(kind)) {
      if (!next || Buffer.compare(tokenOfHead(next), row.token) !== 0) continue
      rows.push(row)
      next = wanted.next().value
    }
    for (let first = 0; first < rows.length; first += rowsPerVisit) this.#visitOpened(rows.slice(first, first + rowsPerVisit), visit)
  }

  #visitOpened(rows: readonly SealedRow[], visit: Visit): void {
    const contents: Uint8Array[] = []
    try {
      for (const row of rows) contents.push(openContent(this.#keys, row))
      visit(contents.map((content, at) => parseContent(content, rows[at]?.sequence ?? 0)))
    } finally {
      for (const content of contents) content.fill(0)
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

function* eachHead(heads: Uint8Array): Generator<Uint8Array, null> {
  for (let offset = 0; offset < heads.length; offset += rowHeadBytes) yield heads.subarray(offset, offset + rowHeadBytes)
  return null
}

function headsWhere(heads: Uint8Array, isWanted: (index: number) => boolean): Uint8Array {
  const wanted: Uint8Array[] = []
  for (let index = 0; index < countHeads(heads); index++) {
    if (isWanted(index)) wanted.push(heads.subarray(index * rowHeadBytes, (index + 1) * rowHeadBytes))
  }
  return joinBytes(wanted)
}
