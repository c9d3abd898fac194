import { concatBytes, equalBytes, joinBytes, u16, u64 } from '../crypto/bytes'
import { MultisetHash } from '../crypto/multiset-hash'
import { toHex } from './encoding'
import { rowHeadBytes, type SealedRow } from './store-port'
import type { VaultKeys } from './vault-keys'

type RowPlace = Pick<SealedRow, 'kind' | 'token'>
const sequenceOffset = 18

/** The element of the multiset hash for a row, also the layout of StorePort.rowHeads(). */
export function rowHead(row: Pick<SealedRow, 'kind' | 'token' | 'sequence'>): Uint8Array {
  return concatBytes(u16(row.kind), row.token, u64(row.sequence))
}

/** Row heads whose multiset hash is known. */
export interface HashedHeads {
  heads: Uint8Array
  rowsHash: Uint8Array
}

/** Multiset hash over all row heads of a store (vault-format section 5). With `known`, only the differences cost anything. */
export function hashRowHeads(keys: VaultKeys, heads: Uint8Array, known?: HashedHeads): Uint8Array {
  if (!known) return changeRowsHash(keys, undefined, [], [heads])
  const gone: Uint8Array[] = []
  const added: Uint8Array[] = []
  compareHeads(known.heads, heads, { gone: (head) => gone.push(head), added: (head) => added.push(head) })
  return changeRowsHash(keys, known.rowsHash, gone, added)
}

/** `rowsHash` (of no rows when undefined) without the heads that are gone and with those that were added. */
export function changeRowsHash(keys: VaultKeys, rowsHash: Uint8Array | undefined, gone: readonly Uint8Array[], added: readonly Uint8Array[]): Uint8Array {
  const hash = keys.use('index', (key) => new MultisetHash(key, rowsHash))
  hash.removeAll(joinBytes(gone), rowHeadBytes)
  hash.addAll(joinBytes(added), rowHeadBytes)
  hash.destroy()
  return hash.value()
}

/** What compareHeads calls; a row with a new sequence is gone and added. Indexes count the heads of each list. */
export interface HeadVisitor {
  gone?: (head: Uint8Array) => void
  added?: (head: Uint8Array, index: number) => void
  /** `count` heads one after the other are the same in both lists. */
  same?: (beforeIndex: number, index: number, count: number) => void
}

/** Walks two lists of row heads, both in order, side by side. What they have in common costs next to nothing. */
export function compareHeads(before: Uint8Array, after: Uint8Array, visit: HeadVisitor): void {
  const [left, right] = [Buffer.from(before.buffer, before.byteOffset, before.length), Buffer.from(after.buffer, after.byteOffset, after.length)]
  let l = 0
  let r = 0
  while (l < left.length || r < right.length) {
    const common = commonHeads(left.subarray(l), right.subarray(r))
    if (common > 0) {
      visit.same?.(l / rowHeadBytes, r / rowHeadBytes, common)
      l += common * rowHeadBytes
      r += common * rowHeadBytes
      continue
    }
    const order = l === left.length ? 1 : r === right.length ? -1 : left.compare(right, r, r + rowHeadBytes, l, l + rowHeadBytes)
    if (order < 0) {
      visit.gone?.(left.subarray(l, l + rowHeadBytes))
      l += rowHeadBytes
    } else {
      visit.added?.(right.subarray(r, r + rowHeadBytes), r / rowHeadBytes)
      r += rowHeadBytes
    }
  }
}

/** How many heads both lists begin with, found in steps that double as long as they fit. */
function commonHeads(left: Buffer, right: Buffer): number {
  const shorter = Math.min(left.length, right.length)
  let common = 0
  for (let step = rowHeadBytes; step >= rowHeadBytes; ) {
    const end = common + step
    if (end <= shorter && left.compare(right, common, end, common, end) === 0) {
      common = end
      step *= 2
    } else step = Math.floor(step / rowHeadBytes / 2) * rowHeadBytes
  }
  return common / rowHeadBytes
}

/**
 * Which rows there are and how old each is, as authenticated at unlock and changed by our own commits since. What the
 * store hands out later is compared with it, so that a row put back while the vault is open is noticed too.
 */
export class RowIndex {
  #heads: Uint8Array
  #changes = new Map<string, { head: Uint8Array; isRemoved: boolean }>()

  /** `heads` as StorePort.rowHeads() gives them, already verified. */
  constructor(heads: Uint8Array) {
    this.#heads = heads
  }

  get count(): number {
    return this.#merged().length / rowHeadBytes
  }

  /** Null when there is no such row. */
  sequenceOf(place: RowPlace): number | null {
    const change = this.#changes.get(nameOf(place))
    if (change) return change.isRemoved ? null : sequenceOfHead(change.head)
    const found = this.#find(placeBytes(place))
    return found === null ? null : sequenceOfHead(found)
  }

  /** Heads of all rows, in order. */
  get heads(): Uint8Array {
    return this.#merged()
  }

  /** True when `rows`, ordered by token, are exactly the rows of `kind`. */
  matches(kind: number, rows: readonly SealedRow[]): boolean {
    return equalBytes(headsOfKind(this.#merged(), kind).heads, packHeads(rows))
  }

  /** Called once the rows are on disk. */
  put(row: SealedRow): void {
    this.#changes.set(nameOf(row), { head: rowHead(row), isRemoved: false })
  }

  /** Called once the removal is on disk. */
  remove(place: RowPlace): void {
    this.#changes.set(nameOf(place), { head: rowHead({ ...place, sequence: 0 }), isRemoved: true })
  }

  #find(place: Uint8Array): Uint8Array | null {
    const offset = lowerBound(this.#heads, place)
    const head = this.#heads.subarray(offset, offset + rowHeadBytes)
    return head.length === rowHeadBytes && compare(head.subarray(0, sequenceOffset), place) === 0 ? head : null
  }

  #merged(): Uint8Array {
    if (this.#changes.size === 0) return this.#heads
    const changes = [...this.#changes.values()].sort((a, b) => compare(a.head, b.head))
    const parts: Uint8Array[] = []
    let from = 0
    for (const { head, isRemoved } of changes) {
      const place = head.subarray(0, sequenceOffset)
      const at = lowerBound(this.#heads, place)
      parts.push(this.#heads.subarray(from, at))
      if (!isRemoved) parts.push(head)
      from = this.#find(place) ? at + rowHeadBytes : at
    }
    this.#heads = joinBytes([...parts, this.#heads.subarray(from)])
    this.#changes = new Map()
    return this.#heads
  }
}

/** The part of `heads` that is of `kind`, and the number of its first head. */
export function headsOfKind(heads: Uint8Array, kind: number): { heads: Uint8Array; first: number } {
  const start = lowerBound(heads, u16(kind))
  const end = lowerBound(heads, u16(kind + 1))
  return { heads: heads.subarray(start, end), first: start / rowHeadBytes }
}

/** Sequence in a row head. */
export function sequenceOfHead(head: Uint8Array): number {
  return sequenceAt(head, 0)
}

/** Sequence in the head with this number. */
export function sequenceAt(heads: Uint8Array, index: number): number {
  const end = (index + 1) * rowHeadBytes
  let sequence = 0
  for (let at = end - 8; at < end; at++) sequence = sequence * 256 + (heads[at] ?? 0)
  return sequence
}

/** Token in a row head. */
export function tokenOfHead(head: Uint8Array): Uint8Array {
  return head.subarray(2, sequenceOffset)
}

function packHeads(rows: readonly SealedRow[]): Uint8Array {
  const packed = Buffer.alloc(rows.length * rowHeadBytes)
  rows.forEach((row, index) => {
    const offset = index * rowHeadBytes
    packed.writeUInt16BE(row.kind, offset)
    packed.set(row.token, offset + 2)
    packed.writeUInt32BE(Math.floor(row.sequence / 2 ** 32), offset + sequenceOffset)
    packed.writeUInt32BE(row.sequence >>> 0, offset + sequenceOffset + 4)
  })
  return packed
}

/** Offset of the first head that does not sort before `prefix`. */
function lowerBound(heads: Uint8Array, prefix: Uint8Array): number {
  let low = 0
  let high = heads.length / rowHeadBytes
  while (low < high) {
    const middle = (low + high) >> 1
    const start = middle * rowHeadBytes
    if (compare(heads.subarray(start, start + prefix.length), prefix) < 0) low = middle + 1
    else high = middle
  }
  return low * rowHeadBytes
}

function placeBytes(place: RowPlace): Uint8Array {
  return concatBytes(u16(place.kind), place.token)
}

function nameOf(place: RowPlace): string {
  return toHex(placeBytes(place))
}

function compare(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}
