const smoothingMs = 2_000

/** Speed of something that counts up, smoothed over about two seconds so that it can be read. */
export class Rate {
  #bytes = 0
  #atMs: number
  #perSecond: number | null = null

  constructor(startedMs: number) {
    this.#atMs = startedMs
  }

  get bytesPerSecond(): number {
    return this.#perSecond ?? 0
  }

  /** Takes note of the count at a time; times that do not go on are passed over. */
  sample(nowMs: number, bytes: number): void {
    const elapsed = nowMs - this.#atMs
    if (elapsed <= 0) return
    const current = (Math.max(0, bytes - this.#bytes) * 1000) / elapsed
    const weight = this.#perSecond === null ? 1 : 1 - Math.exp(-elapsed / smoothingMs)
    this.#perSecond = (this.#perSecond ?? 0) * (1 - weight) + current * weight
    this.#bytes = bytes
    this.#atMs = nowMs
  }

  /** Null while there is no speed to reckon with. */
  secondsLeft(bytesLeft: number): number | null {
    if (bytesLeft <= 0) return 0
    return this.bytesPerSecond > 0 ? bytesLeft / this.bytesPerSecond : null
  }
}
