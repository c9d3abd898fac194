import type { SecretSortColumn } from '../../src-shared/contract/secret-window'
import { secretTypes } from '../../src-shared/model/secrets'
import { SearchText } from '../keystore/search-text'
import { sortByNumber } from '../keystore/sort-by-number'
import { SortedList } from '../keystore/sorted-list'
import { FolderTree, type FolderView } from './folder-tree'
import { fold, queryText, searchTextOf, testsOf, type SecretQuery } from './secret-query'
import { nextSecretRotationAt, type SecretRecord } from './secret-record'

export type { SecretQuery } from './secret-query'

/** A secret in the index. One object per secret for its whole life. */
export interface SecretEntry {
  readonly secretId: string
  record: SecretRecord
  /** Number of the entry in the search text. */
  readonly slot: number
  /** Null until it is needed. */
  nameSortKey: string | null
}

/** How many secrets there are of what the window shows beside the folders. */
export interface SecretCounts {
  total: number
  deleted: number
  favourites: number
}

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
  readonly #searchText = new SearchText((slot) => textOfSlot(this.#bySlot[slot]), fold)
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
      expiryDate: this.#orderByNumber(({ expiresAt }) => expiresAt ?? Number.MAX_SAFE_INTEGER),
      nextRotationDate: this.#orderByNumber((record) => nextSecretRotationAt(record) ?? Number.MAX_SAFE_INTEGER),
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
    const entry = this.#takeOver(record)
    this.#byName.set(record.name, entry)
    if (record.deletesAt === null) this.#folders?.add(record.name)
    this.#searchText.changed(entry.slot)
    this.#nextOrdinal = Math.max(this.#nextOrdinal, record.ordinal + 1)
    this.#changed()
    for (const order of this.#allOrders) order.changed(entry)
    return entry
  }

  /** Forgets a secret. */
  remove(secretId: string): void {
    const entry = this.#byId.get(secretId)
    if (!entry) return
    this.#leave(entry)
    this.#byId.delete(secretId)
    this.#bySlot[entry.slot] = null
    this.#searchText.changed(entry.slot)
    this.#changed()
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
    const tests = testsOf(query, nowMs, (needle) => this.#searchText.find(needle))
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
    yield* this.#searchText.prepare()
    for (const order of this.#allOrders) yield* order.prepare(() => this.#byId.values())
    this.#folderTree()
    yield
  }

  #folderTree(): FolderTree {
    if (this.#folders) return this.#folders
    const folders = new FolderTree()
    for (const { record } of this.#byId.values()) if (record.deletesAt === null) folders.add(record.name)
    return (this.#folders = folders)
  }

  #takeOver(record: SecretRecord): SecretEntry {
    const known = this.#byId.get(record.secretId)
    if (known) {
      this.#leave(known)
      return Object.assign(known, { record, nameSortKey: null })
    }
    const entry: SecretEntry = { secretId: record.secretId, record, slot: this.#bySlot.length, nameSortKey: null }
    this.#byId.set(record.secretId, entry)
    this.#bySlot.push(entry)
    return entry
  }

  /** Takes an entry out of where its name put it. */
  #leave(entry: SecretEntry): void {
    const { name, deletesAt } = entry.record
    if (this.#byName.get(name) === entry) this.#byName.delete(name)
    if (deletesAt === null) this.#folders?.remove(name)
  }

  #changed(): void {
    this.#generation += 1
    this.#counts = null
  }

  /** By a whole number from 0, and those with the same by age. */
  #orderByNumber(numberOf: (record: SecretRecord) => number): SortedList<SecretEntry> {
    const compare = compareByAge((a, b) => numberOf(a.record) - numberOf(b.record))
    return new SortedList(compare, () => sortByNumber(this.inOrderOfCreation(), ({ record }) => numberOf(record)))
  }
}

/** Ties are broken by age, so that every order is total and stable. */
function compareByAge(compare: Compare): Compare {
  return (a, b) => compare(a, b) || ordinalOf(a) - ordinalOf(b) || compareText(a.secretId, b.secretId)
}

function ordinalOf({ record }: SecretEntry): number {
  return record.ordinal
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function sortKeyOf(entry: SecretEntry): string {
  return (entry.nameSortKey ??= entry.record.name.toLowerCase())
}

function textOfSlot(entry: SecretEntry | null | undefined): string {
  return entry ? searchTextOf(entry.record) : ''
}

function countsOf(entries: Iterable<SecretEntry>): SecretCounts {
  const counts = { total: 0, deleted: 0, favourites: 0 }
  for (const { record } of entries) {
    if (record.deletesAt !== null) counts.deleted += 1
    else counts.total += 1
    if (record.deletesAt === null && record.isFavourite) counts.favourites += 1
  }
  return counts
}
