/**
 * A list kept in order without sorting it again for each change: what changed is taken out and merged back in at the
 * next look, so a hundred thousand rows cost one pass.
 */
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

  /** All items in order; `source` is read the first time only. The array must not be changed. */
  items(source: () => Iterable<T>): readonly T[] {
    if (this.#items === null) this.#items = [...source()].sort(this.#compare)
    else if (this.#touched.size > 0) this.#items = this.#merged(this.#items)
    this.#touched.clear()
    return this.#items
  }

  #merged(items: readonly T[]): T[] {
    const moved = [...this.#touched].filter(([, isPresent]) => isPresent).map(([item]) => item)
    moved.sort(this.#compare)
    const result: T[] = []
    let next = 0
    for (const item of items) {
      if (this.#touched.has(item)) continue
      for (let candidate = moved[next]; candidate !== undefined && this.#compare(candidate, item) < 0; candidate = moved[next]) {
        result.push(candidate)
        next += 1
      }
      result.push(item)
    }
    return result.concat(moved.slice(next))
  }
}
