import type { SecretSortColumn } from '../../src-shared/contract/secret-window'
import { secretTypes } from '../../src-shared/model/secrets'
import { joinBytes } from '../crypto/bytes'
import { SearchText } from '../keystore/search-text'
import { sortByNumber } from '../keystore/sort-by-number'
import { SortedList } from '../keystore/sorted-list'
import { FolderTree, type FolderView } from './folder-tree'
import type { StoredRecord } from '../vault/records'
import { SecretEntry } from './secret-entry'
import { fieldTextOf, fold, queryText, searchTextOf, testsOf, type SecretQuery } from './secret-query'
import type { SecretRecord } from './secret-record'
import type { SecretSummary } from './secret-summary'

export type { SecretQuery } from './secret-query'

export { SecretEntry } from './secret-entry'

/** How many secrets there are of what the window shows beside the folders. */
export interface SecretCounts {
  total: number
  deleted: number
  favourites: number
}

const mostGlances = 1024
const glancesAtOnce = 256

type Compare = (a: SecretEntry, b: SecretEntry) => number

/** All secrets of the unlocked vault in memory, without any value that is secret: by id, by name, in the orders of the list, by folder, and searched as text. */
export class SecretIndex {
  readonly #byId = new Map<string, SecretEntry>()
  readonly #byName = new Map<string, SecretEntry>()
  /** Null where a secret was removed. */
  readonly #bySlot: (SecretEntry | null)[] = []
  readonly #byAge = new SortedList<SecretEntry>(compareByAge(() => 0), (entries) => sortByNumber(entries, ordinalOf))
  readonly #orders: Readonly<Record<SecretSortColumn, SortedList<SecretEntry>>>
  readonly #allOrders: readonly SortedList<SecretEntry>[]
  readonly #words = new SearchText((slot) => this.#textOf(slot, searchTextOf), fold)
  readonly #fields = new SearchText((slot) => this.#textOf(slot, fieldTextOf), fold)
  /** Records that were read for one text and will soon be for the other. */
  readonly #glances = new Map<number, SecretRecord>()
  /** Secrets outside the recycle bin; null until a folder is asked for. */
  #folders: FolderTree | null = null
  #counts: SecretCounts | null = null
  #generation = 0
  #nextOrdinal = 0
  #cached: { text: string; generation: number; found: readonly SecretEntry[] } | null = null

  constructor() {
    this.#orders = {
      name: new SortedList(compareByAge((a, b) => compareText(sortKeyOf(a), sortKeyOf(b)))),
      type: this.#orderByNumber(({ secretType }) => secretTypes.indexOf(secretType)),
      updateTime: this.#orderByNumber(({ updatedAt }) => updatedAt),
      dueDate: this.#orderByNumber(dueAtOf),
      expiryDate: this.#orderByNumber(({ expiresAt }) => expiresAt ?? Number.MAX_SAFE_INTEGER),
      nextRotationDate: this.#orderByNumber(({ nextRotationAt }) => nextRotationAt ?? Number.MAX_SAFE_INTEGER),
    }
    this.#allOrders = [this.#byAge, ...Object.values(this.#orders)]
  }

  get size(): number {
    return this.#byId.size
  }

  /** Ordinal for the next new secret. */
  get nextOrdinal(): number {
    return this.#nextOrdinal
  }

  /** Null when there is no such secret. */
  byId(secretId: string): SecretEntry | null {
    return this.#byId.get(secretId) ?? null
  }

  /** Null when there is no such secret. Finds what is in the recycle bin, too. */
  byName(name: string): SecretEntry | null {
    return this.#byName.get(name) ?? null
  }

  /** Adds a secret or takes over a new record of one. */
  put(record: SecretRecord): SecretEntry {
    const known = this.#byId.get(record.secretId)
    if (!known) return this.#add(SecretEntry.ofRecord(record, this.#bySlot.length))
    this.#leave(known)
    known.takeOver(record)
    this.#enter(known)
    return known
  }

  /** Adds secrets from their rows, of which it keeps a copy. VAULT_DAMAGED, VAULT_NEWER_VERSION. */
  take(rows: readonly StoredRecord[]): void {
    for (const { id, row } of copiedRows(rows)) this.#add(SecretEntry.ofRow(id, row, this.#bySlot.length))
  }

  /** Forgets a secret. */
  remove(secretId: string): void {
    const entry = this.#byId.get(secretId)
    if (!entry) return
    this.#leave(entry)
    this.#byId.delete(secretId)
    this.#bySlot[entry.slot] = null
    this.#changed(entry)
    for (const order of this.#allOrders) order.removed(entry)
  }

  /** Every entry, in no order that means something. */
  entries(): Iterable<SecretEntry> {
    return this.#byId.values()
  }

  /** Entries in the order of creation. */
  inOrderOfCreation(): readonly SecretEntry[] {
    return this.#byAge.items(() => this.#byId.values())
  }

  /** Entries that a query finds, in its order. The latest answer is kept, so that paging through it costs nothing. */
  search(query: SecretQuery, nowMs: number): readonly SecretEntry[] {
    const text = queryText(query, nowMs)
    if (this.#cached?.text === text && this.#cached.generation === this.#generation) return this.#cached.found
    const ordered = this.#orders[query.sortBy].items(() => this.#byId.values())
    const tests = testsOf(query, nowMs, { words: this.#words, fields: this.#fields })
    const wanted = ordered.filter((entry) => tests.every((test) => test(entry)))
    const found = query.descending ? wanted.reverse() : wanted
    this.#cached = { text, generation: this.#generation, found }
    return found
  }

  /** The folders directly below `parent` (empty: at the top), by name, of secrets outside the recycle bin. */
  foldersBelow(parent: string): FolderView[] {
    return this.#folderTree().below(parent)
  }

  counts(): SecretCounts {
    return (this.#counts ??= countsOf(this.#byId.values()))
  }

  /** Does in short steps what the first looks at the index would do at once. */
  *prepare(): Generator<void> {
    yield* this.#prepareTexts()
    for (const order of this.#allOrders) yield* order.prepare(() => this.#byId.values())
    this.#folderTree()
    yield
  }

  /** Both texts of some secrets, then those of the next, so that each record is read once. */
  *#prepareTexts(): Generator<void> {
    const fields = this.#fields.prepare()
    for (const _ of this.#words.prepare()) {
      yield
      fields.next()
      this.#glances.clear()
    }
  }

  #folderTree(): FolderTree {
    if (this.#folders) return this.#folders
    const folders = new FolderTree()
    for (const { summary } of this.#byId.values()) if (summary.deletesAt === null) folders.add(summary.name)
    return (this.#folders = folders)
  }

  #add(entry: SecretEntry): SecretEntry {
    this.#byId.set(entry.secretId, entry)
    this.#bySlot.push(entry)
    this.#enter(entry)
    return entry
  }

  /** Puts an entry where its summary says. */
  #enter(entry: SecretEntry): void {
    const { name, deletesAt, ordinal } = entry.summary
    this.#byName.set(name, entry)
    if (deletesAt === null) this.#folders?.add(name)
    if (ordinal >= this.#nextOrdinal) this.#nextOrdinal = ordinal + 1
    this.#changed(entry)
    for (const order of this.#allOrders) order.changed(entry)
  }

  /** Takes an entry out of where its name put it. */
  #leave(entry: SecretEntry): void {
    const { name, deletesAt } = entry.summary
    if (this.#byName.get(name) === entry) this.#byName.delete(name)
    if (deletesAt === null) this.#folders?.remove(name)
  }

  #changed({ slot }: SecretEntry): void {
    this.#glances.delete(slot)
    this.#words.changed(slot)
    this.#fields.changed(slot)
    this.#generation += 1
    this.#counts = null
  }

  #textOf(slot: number, textOf: (record: SecretRecord) => string): string {
    if (!this.#bySlot[slot]) return ''
    if (!this.#glances.has(slot)) this.#glanceFrom(slot)
    const record = this.#glances.get(slot)
    return record ? textOf(record) : ''
  }

  /** Reads the record of a slot together with those that follow, whose texts are asked for next. */
  #glanceFrom(slot: number): void {
    if (this.#glances.size >= mostGlances) this.#glances.clear()
    const entries = this.#bySlot.slice(slot, slot + glancesAtOnce).filter((entry) => entry !== null)
    const records = SecretEntry.glances(entries)
    for (const [at, record] of records.entries()) this.#glances.set(entries[at]?.slot ?? slot, record)
  }

  /** By a whole number from 0, and those with the same by age. */
  #orderByNumber(numberOf: (summary: SecretSummary) => number): SortedList<SecretEntry> {
    const compare = compareByAge((a, b) => numberOf(a.summary) - numberOf(b.summary))
    return new SortedList(compare, () => sortByNumber(this.inOrderOfCreation(), ({ summary }) => numberOf(summary)))
  }
}

/** Ties are broken by age, so that every order is total and stable. */
function compareByAge(compare: Compare): Compare {
  return (a, b) => compare(a, b) || ordinalOf(a) - ordinalOf(b) || compareText(a.secretId, b.secretId)
}

function ordinalOf({ summary }: SecretEntry): number {
  return summary.ordinal
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function sortKeyOf(entry: SecretEntry): string {
  return (entry.nameSortKey ??= entry.summary.name.toLowerCase())
}

/** Copies of rows, which are lent, in one piece of memory: many small ones would cost more than what they hold. */
function copiedRows(rows: readonly StoredRecord[]): { id: string; row: Uint8Array }[] {
  const views = rows.map(({ bytes }) => bytes)
  const joined = joinBytes(views)
  let end = 0
  return views.map(({ length }, at) => ({ id: rows[at]?.id ?? '', row: joined.subarray(end, (end += length)) }))
}

function countsOf(entries: Iterable<SecretEntry>): SecretCounts {
  const counts = { total: 0, deleted: 0, favourites: 0 }
  for (const { summary } of entries) {
    if (summary.deletesAt !== null) counts.deleted += 1
    else counts.total += 1
    if (summary.deletesAt === null && summary.isFavourite) counts.favourites += 1
  }
  return counts
}

/** When something comes due; later than all times when nothing does. */
function dueAtOf({ deletesAt, expiresAt, nextRotationAt }: SecretSummary): number {
  return deletesAt ?? Math.min(expiresAt ?? Number.MAX_SAFE_INTEGER, nextRotationAt ?? Number.MAX_SAFE_INTEGER)
}
