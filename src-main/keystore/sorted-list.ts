/** Up to here each changed item is moved on its own; beyond, sorting all again is cheaper. */
const fewItems = 100
/** Items that are sorted or merged in one step of prepare(). */
const itemsPerStep = 2048

/** A list kept in order without sorting it again for each change: what changed is moved at the next look. */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number
  readonly #sortAll: ((items: T[]) => T[]) | null
  readonly #touched = new Map<T, boolean>()
  #items: T[] | null = null
  #changes = 0

  /** `compare` must be a total order: zero only for the same item. `sortAll` gives that order, where there is a faster way. */
  constructor(compare: (a: T, b: T) => number, sortAll: ((items: T[]) => T[]) | null = null) {
    this.#compare = compare
    this.#sortAll = sortAll
  }

  /** Says that an item was added or that its place may have changed. */
  changed(item: T): void {
    this.#changes += 1
    if (this.#items) this.#touched.set(item, true)
  }

  /** Says that an item is gone. */
  removed(item: T): void {
    this.#changes += 1
    if (this.#items) this.#touched.set(item, false)
  }

  /** All items in order; `source` is read only when there is much to sort. The array is never changed later. */
  items(source: () => Iterable<T>): readonly T[] {
    if (this.#items === null || this.#touched.size > fewItems) this.#items = this.#sorted([...source()])
    else if (this.#touched.size > 0) this.#items = this.#moved(this.#items)
    this.#touched.clear()
    return this.#items
  }

  /** Sorts in short steps, so that the first look finds it done. When something changes meanwhile, that look does it. */
  *prepare(source: () => Iterable<T>): Generator<void> {
    if (this.#sortAll) {
      this.items(source)
      yield
      return
    }
    const changes = this.#changes
    const isStale = () => this.#items !== null || this.#changes !== changes
    const all = [...source()]
    let runs: T[][] = []
    for (let start = 0; start < all.length; start += itemsPerStep) {
      runs.push(all.slice(start, start + itemsPerStep).sort(this.#compare))
      yield
      if (isStale()) return
    }
    while (runs.length > 1) {
      const merged: T[][] = []
      for (let at = 0; at < runs.length; at += 2) {
        merged.push(yield* this.#merge(runs[at] ?? [], runs[at + 1] ?? []))
        if (isStale()) return
      }
      runs = merged
    }
    this.#items = runs[0] ?? []
  }

  *#merge(left: readonly T[], right: readonly T[]): Generator<void, T[]> {
    const merged: T[] = []
    let [l, r] = [0, 0]
    while (l < left.length || r < right.length) {
      const [a, b] = [left[l], right[r]]
      const isLeft = r === right.length || (a !== undefined && b !== undefined && this.#compare(a, b) <= 0)
      merged.push((isLeft ? left[l++] : right[r++]) as T)
      if (merged.length % itemsPerStep === 0) yield
    }
    return merged
  }

  #sorted(items: T[]): T[] {
    return this.#sortAll ? this.#sortAll(items) : items.sort(this.#compare)
  }

  #moved(items: readonly T[]): T[] {
    const result = items.slice()
    for (const item of this.#touched.keys()) {
      const place = result.indexOf(item)
      if (place >= 0) result.splice(place, 1)
    }
    for (const [item, isPresent] of this.#touched) if (isPresent) result.splice(this.#placeFor(item, result), 0, item)
    return result
  }

  #placeFor(item: T, items: readonly T[]): number {
    let low = 0
    let high = items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = items[middle]
      if (other !== undefined && this.#compare(other, item) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
