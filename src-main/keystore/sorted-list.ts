/** Up to here each changed item is moved on its own; beyond, sorting all again is cheaper. */
const fewItems = 100

/** A list kept in order without sorting it again for each change: what changed is moved at the next look. */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number
  readonly #touched = new Map<T, boolean>()
  #items: T[] | null = null

  /** `compare` must be a total order: zero only for the same item. */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  /** Says that an item was added or that its place may have changed. */
  changed(item: T): void {
    if (this.#items) this.#touched.set(item, true)
  }

  /** Says that an item is gone. */
  removed(item: T): void {
    if (this.#items) this.#touched.set(item, false)
  }

  /** All items in order; `source` is read only when there is much to sort. The array is never changed later. */
  items(source: () => Iterable<T>): readonly T[] {
    if (this.#items === null || this.#touched.size > fewItems) this.#items = [...source()].sort(this.#compare)
    else if (this.#touched.size > 0) this.#items = this.#moved(this.#items)
    this.#touched.clear()
    return this.#items
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
