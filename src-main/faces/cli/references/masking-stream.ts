import { copyBytes, joinBytes, ownBytes } from './own-bytes'
import type { PatternAutomaton } from './pattern-automaton'

/** What stands in the output in place of a value. */
export const mask = new TextEncoder().encode('<concealed by keystead>')

/** So many bytes of a value may be shown while it is not known whether the rest follows; shorter values are not concealed either. */
const shownAtMost = 3

/**
 * Conceals every occurrence of the patterns in one stream, also across the borders of its chunks; occurrences that touch
 * become one mask. Holds back only what may be the beginning of a pattern.
 */
export class MaskingStream {
  readonly #automaton: PatternAutomaton
  #state = 0
  /** Read and not given out: the beginning of a pattern, perhaps. `#marks` says which of its bytes are concealed already. */
  #held = ownBytes(0)
  #marks = ownBytes(0)
  #isInMask = false

  constructor(automaton: PatternAutomaton) {
    this.#automaton = automaton
  }

  /** What may be given out after `chunk`, as new memory. `chunk` is borrowed. */
  push(chunk: Uint8Array): Uint8Array {
    const seen = joinBytes([this.#held, chunk])
    const marks = joinBytes([this.#marks, ownBytes(chunk.length)])
    this.#mark(seen, marks, this.#held.length)
    let decided = Math.max(0, seen.length - this.#automaton.depth(this.#state))
    while (decided < seen.length && marks[decided] === 1) decided++
    const output = this.#render(seen.subarray(0, decided), marks)
    this.#hold(copyBytes(seen.subarray(decided)), copyBytes(marks.subarray(decided)))
    seen.fill(0)
    return output
  }

  /**
   * True when what is held back may be shown rather than wait, as what a program asks must be readable: so little of a value
   * has been read. What was shown of it before counts, so that a value that comes in small pieces is not shown bit by bit.
   */
  get holdsLittle(): boolean {
    return this.#held.length > 0 && this.#automaton.depth(this.#state) <= shownAtMost
  }

  /** What holdsLittle() speaks of, as new memory. Should the rest of a value follow, the rest is concealed. */
  release(): Uint8Array {
    const output = this.#render(this.#held, this.#marks)
    this.#hold(ownBytes(0), ownBytes(0))
    return output
  }

  /** What is left at the end of the stream, as new memory. */
  end(): Uint8Array {
    this.#state = 0
    return this.release()
  }

  #hold(held: Uint8Array<ArrayBuffer>, marks: Uint8Array<ArrayBuffer>): void {
    this.#held.fill(0)
    this.#held = held
    this.#marks = marks
  }

  /** Reads `seen` from `from` on and marks every byte of an occurrence. */
  #mark(seen: Uint8Array, marks: Uint8Array, from: number): void {
    /** Where the marks that reach the byte before `at` begin. */
    let run = from
    while (run > 0 && marks[run - 1] === 1) run--
    for (let at = from; at < seen.length; at++) {
      this.#state = this.#automaton.next(this.#state, seen[at] ?? 0)
      const length = this.#automaton.matched(this.#state)
      if (length === 0) {
        run = at + 1
        continue
      }
      const start = Math.max(0, at + 1 - length)
      marks.fill(1, start < run ? start : at, at + 1)
      run = Math.min(run, start)
    }
  }

  #render(bytes: Uint8Array, marks: Uint8Array): Uint8Array {
    const pieces: Uint8Array[] = []
    for (let start = 0; start < bytes.length; ) {
      const isMarked = marks[start] === 1
      let end = start + 1
      while (end < bytes.length && (marks[end] === 1) === isMarked) end++
      if (!isMarked) pieces.push(bytes.subarray(start, end))
      else if (!this.#isInMask) pieces.push(mask)
      this.#isInMask = isMarked
      start = end
    }
    return joinBytes(pieces)
  }
}
