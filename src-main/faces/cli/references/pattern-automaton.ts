import { ownBytes } from './own-bytes'

const root = 0

/**
 * Finds many byte patterns at once in a stream (Aho and Corasick, 1975). A state is the longest end of what was read
 * that begins a pattern. The tables lie outside the engine's heap and are zeroed by destroy().
 */
export class PatternAutomaton {
  readonly #bytes: Uint8Array
  readonly #firstChild: Int32Array
  readonly #nextSibling: Int32Array
  readonly #fallback: Int32Array
  readonly #depth: Int32Array
  readonly #matched: Int32Array
  readonly #fromRoot = new Int32Array(256)
  #nodes = 1

  /** `patterns` are borrowed; empty ones are passed over. */
  constructor(patterns: readonly Uint8Array[]) {
    const most = 1 + patterns.reduce((total, { length }) => total + length, 0)
    this.#bytes = ownBytes(most)
    const table = () => new Int32Array(new ArrayBuffer(most * Int32Array.BYTES_PER_ELEMENT))
    this.#firstChild = table()
    this.#nextSibling = table()
    this.#fallback = table()
    this.#depth = table()
    this.#matched = table()
    for (const pattern of patterns) this.#add(pattern)
    this.#link()
  }

  /** True when there is nothing to find. */
  get isEmpty(): boolean {
    return this.#nodes === 1
  }

  /** The state after one more byte; reading begins in state 0. */
  next(state: number, byte: number): number {
    if (state === root) return this.#fromRoot[byte] ?? root
    for (let from = state; from !== root; from = this.#fallback[from] ?? root) {
      const child = this.#child(from, byte)
      if (child !== root) return child
    }
    return this.#fromRoot[byte] ?? root
  }

  /** How many of the bytes just read may belong to a pattern that is not complete yet. */
  depth(state: number): number {
    return this.#depth[state] ?? 0
  }

  /** Length of the longest pattern that ends with the byte just read; 0 when none does. */
  matched(state: number): number {
    return this.#matched[state] ?? 0
  }

  destroy(): void {
    this.#bytes.fill(0)
    this.#firstChild.fill(0)
    this.#fromRoot.fill(0)
    this.#nodes = 1
  }

  #child(node: number, byte: number): number {
    if (node === root) return this.#fromRoot[byte] ?? root
    let child = this.#firstChild[node] ?? root
    while (child !== root && this.#bytes[child] !== byte) child = this.#nextSibling[child] ?? root
    return child
  }

  #add(pattern: Uint8Array): void {
    let node = root
    for (const byte of pattern) node = this.#child(node, byte) || this.#grow(node, byte)
    if (node !== root) this.#matched[node] = pattern.length
  }

  #grow(parent: number, byte: number): number {
    const node = this.#nodes++
    this.#bytes[node] = byte
    this.#depth[node] = this.depth(parent) + 1
    this.#nextSibling[node] = this.#firstChild[parent] ?? root
    this.#firstChild[parent] = node
    if (parent === root) this.#fromRoot[byte] = node
    return node
  }

  /** Breadth first, so that the fallback of a node, which is less deep, is known before its own. */
  #link(): void {
    const queue = new Int32Array(this.#nodes)
    let end = 1
    for (let at = 0; at < end; at++) {
      const parent = queue[at] ?? root
      for (let node = this.#firstChild[parent] ?? root; node !== root; node = this.#nextSibling[node] ?? root) {
        queue[end++] = node
        const fallback = parent === root ? root : this.next(this.#fallback[parent] ?? root, this.#bytes[node] ?? 0)
        this.#fallback[node] = fallback
        this.#matched[node] = Math.max(this.matched(node), this.matched(fallback))
      }
    }
  }
}
