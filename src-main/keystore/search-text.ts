const slotsPerChunk = 1024

/** Which slots a search found. */
export interface FoundSlots {
  has(slot: number): boolean
}

/** The texts of a run of slots as one string, in which a search runs faster than through many small ones. */
interface Chunk {
  joined: string
  /** Where each text begins in `joined`. */
  starts: readonly number[]
}

/** Substring search through the texts of slots, which are numbered from 0 without gaps. */
export class SearchText {
  readonly #textOf: (slot: number) => string
  readonly #fold: (text: string) => string
  /** Null where a text has changed since the last search. */
  readonly #chunks: (Chunk | null)[] = []
  #slots = 0

  /**
   * `textOf` is asked at the next search after a change; NUL ends each text. `fold` makes the form that is searched; it
   * keeps the length of ASCII text.
   */
  constructor(textOf: (slot: number) => string, fold: (text: string) => string) {
    this.#textOf = textOf
    this.#fold = fold
  }

  /** Says that the text of a slot, the next free one or one before, is new. */
  changed(slot: number): void {
    this.#slots = Math.max(this.#slots, slot + 1)
    this.#chunks[Math.floor(slot / slotsPerChunk)] = null
  }

  /** The slots whose text contains `needle`, which is not empty and has no NUL. */
  find(needle: string): FoundSlots {
    const found = new Uint8Array(this.#slots)
    for (const [at, known] of this.#chunks.entries()) {
      const chunk = known ?? this.#join(at)
      markChunk(chunk, needle, found.subarray(at * slotsPerChunk))
    }
    return { has: (slot) => found[slot] === 1 }
  }

  /** The folded text of a slot. */
  folded(slot: number): string {
    const at = Math.floor(slot / slotsPerChunk)
    const { joined, starts } = this.#chunks[at] ?? this.#join(at)
    const place = slot % slotsPerChunk
    const next = starts[place + 1]
    return joined.slice(starts[place], next === undefined ? undefined : next - 1)
  }

  /** Does in short steps what the next search would do at once. */
  *prepare(): Generator<void> {
    for (let at = 0; at < this.#chunks.length; at++) {
      if (!this.#chunks[at]) this.#join(at)
      yield
    }
  }

  #join(at: number): Chunk {
    const first = at * slotsPerChunk
    const texts = Array.from({ length: Math.min(slotsPerChunk, this.#slots - first) }, (_, index) => this.#textOf(first + index))
    const together = texts.join('\0')
    // Folding may change the length of other text, and then where the texts begin.
    const chunk = isAscii(together) ? { joined: this.#fold(together), starts: startsOf(texts) } : this.#joinFolded(texts)
    this.#chunks[at] = chunk
    return chunk
  }

  #joinFolded(texts: readonly string[]): Chunk {
    const folded = texts.map(this.#fold)
    return { joined: folded.join('\0'), starts: startsOf(folded) }
  }
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

function startsOf(texts: readonly string[]): number[] {
  let length = 0
  return texts.map((text) => (length += text.length + 1) - text.length - 1)
}

function markChunk({ joined, starts }: Chunk, needle: string, found: Uint8Array): void {
  let next = 0
  for (let hit = joined.indexOf(needle); hit >= 0; hit = joined.indexOf(needle, starts[next])) {
    while (next < starts.length && (starts[next] ?? 0) <= hit) next += 1
    found[next - 1] = 1
    // One hit is enough for a text: the search goes on with the next, or it is over.
    if (next === starts.length) return
  }
}
