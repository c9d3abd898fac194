import type { KeySortColumn } from '../../src-shared/contract/key-window'
import { bareAlias } from '../../src-shared/model/alias'
import { keySpecs, keyStates, type KeySpec, type KeyState, type ProtectionLevel } from '../../src-shared/model/keys'
import { nextRotationAt } from '../../src-shared/model/rotation'
import { lastRotationAt, type KeyRecord } from './key-record'
import { SearchText } from './search-text'
import { sortByNumber } from './sort-by-number'
import { SortedList } from './sorted-list'

/** A key in the index: its record and what search and sort need ready-made. One object per key for its whole life. */
export interface KeyEntry {
  readonly keyId: string
  record: KeyRecord
  lastUseAt: number | null
  /** Number of the entry in the search text. */
  readonly slot: number
  /** Null until it is needed. */
  aliasSortKey: string | null
}

/** What searchKeys asks for; an empty list takes every one. */
export interface KeyQuery {
  search: string
  keyStates?: readonly KeyState[]
  keySpecs?: readonly KeySpec[]
  protectionLevels?: readonly ProtectionLevel[]
  sortBy: KeySortColumn
  descending: boolean
}

interface CachedSearch extends KeyQuery {
  generation: number
  found: readonly KeyEntry[]
}

type Compare = (a: KeyEntry, b: KeyEntry) => number

/** All keys of the unlocked vault in memory: by id, by alias, in the orders of the list, and searched as text. */
export class KeyIndex {
  readonly #byId = new Map<string, KeyEntry>()
  /** Null where a key was removed. */
  readonly #bySlot: (KeyEntry | null)[] = []
  /** Null until a name is asked for. */
  #knownAliases: Map<string, KeyEntry> | null = null
  readonly #orders: Readonly<Record<KeySortColumn, SortedList<KeyEntry>>>
  readonly #allOrders: readonly SortedList<KeyEntry>[]
  readonly #searchText = new SearchText((slot) => searchTextOf(this.#bySlot[slot]), fold)
  readonly #aliasOrder = new SortedList<string>(compareText)
  #generation = 0
  #nextOrdinal = 0
  #cached: CachedSearch | null = null

  constructor() {
    this.#orders = {
      alias: orderBy((a, b) => compareText(aliasSortKeyOf(a), aliasSortKeyOf(b))),
      keySpec: this.#orderByNumber(({ record }) => keySpecs.indexOf(record.keySpec)),
      keyState: this.#orderByNumber(({ record }) => keyStates.indexOf(record.keyState)),
      creationDate: new SortedList(compareByAge(() => 0), sortByAge),
      lastUseDate: this.#orderByNumber(({ lastUseAt }) => (lastUseAt === null ? 0 : lastUseAt + 1)),
      nextRotationDate: this.#orderByNumber(nextRotationKey),
    }
    this.#allOrders = Object.values(this.#orders)
  }

  get size(): number {
    return this.#byId.size
  }

  get aliasCount(): number {
    return this.#byAlias.size
  }

  /** Ordinal for the next new key. */
  get nextOrdinal(): number {
    return this.#nextOrdinal
  }

  /** Null when there is no such key. */
  byId(keyId: string): KeyEntry | null {
    return this.#byId.get(keyId) ?? null
  }

  /** Null when there is no such alias; `aliasName` has its prefix. */
  byAlias(aliasName: string): KeyEntry | null {
    return this.#byAlias.get(aliasName) ?? null
  }

  /** Adds a key or takes over a new record of one. */
  put(record: KeyRecord, lastUseAt: number | null): void {
    const entry = this.#takeOver(record, lastUseAt)
    this.#searchText.changed(entry.slot)
    if (this.#knownAliases) for (const name of record.aliases) this.#learnAlias(this.#knownAliases, name, entry)
    this.#nextOrdinal = Math.max(this.#nextOrdinal, record.ordinal + 1)
    this.#moved(entry)
  }

  /** Forgets a key. */
  remove(keyId: string): void {
    const entry = this.#byId.get(keyId)
    if (!entry) return
    for (const name of entry.record.aliases) this.#forgetAlias(name, entry)
    this.#byId.delete(keyId)
    this.#bySlot[entry.slot] = null
    this.#searchText.changed(entry.slot)
    this.#generation += 1
    for (const order of this.#allOrders) order.removed(entry)
  }

  /** Every entry, in no order that means something. */
  entries(): Iterable<KeyEntry> {
    return this.#byId.values()
  }

  /** Takes over the time of a key's latest use. */
  used(keyId: string, lastUseAt: number | null): void {
    const entry = this.#byId.get(keyId)
    if (!entry || entry.lastUseAt === lastUseAt) return
    entry.lastUseAt = lastUseAt
    this.#orders.lastUseDate.changed(entry)
    if (this.#cached?.sortBy === 'lastUseDate') this.#cached = null
  }

  /** Does in short steps what the first looks at the index would do at once. */
  *prepare(): Generator<void> {
    yield* this.#searchText.prepare()
    for (const order of this.#allOrders) yield* order.prepare(() => this.#byId.values())
    yield* this.#aliasOrder.prepare(() => this.#byAlias.keys())
  }

  /** Entries in the order of creation. */
  inOrderOfCreation(): readonly KeyEntry[] {
    return this.#inOrder('creationDate')
  }

  /** Alias names in code-unit order. */
  aliasNames(): readonly string[] {
    return this.#aliasOrder.items(() => this.#byAlias.keys())
  }

  /**
   * Entries that contain the search text, whatever its case, in an alias, the id or the description. The latest answer
   * is kept, so that paging through it costs nothing.
   */
  search(query: KeyQuery): readonly KeyEntry[] {
    const cached = this.#cached
    if (cached && cached.generation === this.#generation && isSameQuery(cached, query)) return cached.found
    const needle = fold(bareAlias(query.search.trim()))
    const ordered = this.#inOrder(query.sortBy)
    const matching = needle === '' ? ordered : this.#matching(ordered, needle)
    const wanted = isFiltered(query) ? matching.filter(({ record }) => fits(query, record)) : matching
    const found = query.descending ? wanted.toReversed() : wanted
    this.#cached = { ...query, generation: this.#generation, found }
    return found
  }

  #matching(ordered: readonly KeyEntry[], needle: string): readonly KeyEntry[] {
    const slots = this.#searchText.find(needle)
    return ordered.filter((entry) => slots.has(entry.slot))
  }

  #inOrder(column: KeySortColumn): readonly KeyEntry[] {
    return this.#orders[column].items(() => this.#byId.values())
  }

  /** By a whole number from 0, and those with the same by age. */
  #orderByNumber(numberOf: (entry: KeyEntry) => number): SortedList<KeyEntry> {
    const compare = compareByAge((a, b) => numberOf(a) - numberOf(b))
    return new SortedList(compare, () => sortByNumber(this.inOrderOfCreation(), numberOf))
  }

  #takeOver(record: KeyRecord, lastUseAt: number | null): KeyEntry {
    const known = this.#byId.get(record.keyId)
    if (known) {
      for (const name of known.record.aliases) this.#forgetAlias(name, known)
      return Object.assign(known, { record, lastUseAt, aliasSortKey: null })
    }
    const entry: KeyEntry = { keyId: record.keyId, record, lastUseAt, slot: this.#bySlot.length, aliasSortKey: null }
    this.#byId.set(record.keyId, entry)
    this.#bySlot.push(entry)
    return entry
  }

  get #byAlias(): ReadonlyMap<string, KeyEntry> {
    if (this.#knownAliases) return this.#knownAliases
    const aliases = new Map<string, KeyEntry>()
    for (const entry of this.#byId.values()) for (const name of entry.record.aliases) this.#learnAlias(aliases, name, entry)
    return (this.#knownAliases = aliases)
  }

  #learnAlias(aliases: Map<string, KeyEntry>, name: string, entry: KeyEntry): void {
    aliases.set(name, entry)
    this.#aliasOrder.changed(name)
  }

  #forgetAlias(name: string, entry: KeyEntry): void {
    if (this.#knownAliases?.get(name) !== entry) return
    this.#knownAliases.delete(name)
    this.#aliasOrder.removed(name)
  }

  #moved(entry: KeyEntry): void {
    this.#generation += 1
    for (const order of this.#allOrders) order.changed(entry)
  }
}

/** Ties are broken by age, so that every order is total and stable. */
function orderBy(compare: Compare): SortedList<KeyEntry> {
  return new SortedList(compareByAge(compare))
}

function compareByAge(compare: Compare): Compare {
  return (a, b) => compare(a, b) || ordinalOf(a) - ordinalOf(b) || compareText(a.keyId, b.keyId)
}

function ordinalOf({ record }: KeyEntry): number {
  return record.ordinal
}

/** Oldest first. Two keys of the same ordinal, which nothing here makes, are told apart by comparing. */
function sortByAge(entries: readonly KeyEntry[]): KeyEntry[] {
  const sorted = sortByNumber(entries, ordinalOf)
  const isUnique = sorted.every((entry, place) => place === 0 || ordinalOf(entry) !== sorted[place - 1]?.record.ordinal)
  return isUnique ? sorted : sorted.sort(compareByAge(() => 0))
}

/** Keys that never rotate come last. */
function nextRotationKey({ record }: KeyEntry): number {
  return nextRotationAt(record.rotation, lastRotationAt(record)) ?? Number.MAX_SAFE_INTEGER
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Keys without an alias come after those that have one. */
function aliasSortKeyOf(entry: KeyEntry): string {
  const [first] = entry.record.aliases
  return (entry.aliasSortKey ??= first === undefined ? '\uffff' : bareAlias(first).toLowerCase())
}

/** NUL cannot be searched for, so no text matches across two fields. */
function searchTextOf(entry: KeyEntry | null | undefined): string {
  if (!entry) return ''
  const { aliases, keyId, description } = entry.record
  return [...aliases.map(bareAlias), keyId, description].join('\0')
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function isSameQuery(a: KeyQuery, b: KeyQuery): boolean {
  return a.search === b.search && a.sortBy === b.sortBy && a.descending === b.descending && filterText(a) === filterText(b)
}

function filterText({ keyStates: states = [], keySpecs: specs = [], protectionLevels: levels = [] }: KeyQuery): string {
  return [states, specs, levels].join(' ')
}

function isFiltered(query: KeyQuery): boolean {
  return filterText(query).trim() !== ''
}

function fits({ keyStates: states = [], keySpecs: specs = [], protectionLevels: levels = [] }: KeyQuery, record: KeyRecord): boolean {
  return isWanted(states, record.keyState) && isWanted(specs, record.keySpec) && isWanted(levels, record.protectionLevel)
}

function isWanted<T>(wanted: readonly T[], value: T): boolean {
  return wanted.length === 0 || wanted.includes(value)
}
