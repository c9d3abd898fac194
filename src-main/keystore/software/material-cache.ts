import type { OpenedMaterial } from './opened-material'

/** How long opened material is kept after its latest use. */
export const idleMs = 5000

/** How many versions are open at the same time. */
export const openVersions = 16

interface Entry {
  material: OpenedMaterial
  usedAt: number
}

/**
 * Material that was used a moment ago, so that a row of calls opens its row of the vault once. It is destroyed when it
 * has not been used for `idleMs`, when more than `openVersions` are open (the one that waits longest goes), and with
 * forget() and clear(). The material of a version never changes, so what is kept is never out of date.
 */
export class MaterialCache {
  /** Used last, stands last. */
  readonly #entries = new Map<string, Entry>()
  #timer: NodeJS.Timeout | null = null

  /** Null when the version is not open. To be used at once: after the next wait it may be destroyed. */
  find(keyVersionId: string): OpenedMaterial | null {
    const entry = this.#entries.get(keyVersionId)
    if (!entry) return null
    this.#entries.delete(keyVersionId)
    this.#entries.set(keyVersionId, entry)
    entry.usedAt = performance.now()
    return entry.material
  }

  /** Takes over freshly opened material; when the version was opened meanwhile, that is given back in its place. */
  keep(keyVersionId: string, material: OpenedMaterial): OpenedMaterial {
    const known = this.find(keyVersionId)
    if (known) {
      material.destroy()
      return known
    }
    this.#entries.set(keyVersionId, { material, usedAt: performance.now() })
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > openVersions && oldest !== undefined) this.forget(oldest)
    this.#timer ??= setTimeout(() => this.#sweep(), idleMs).unref()
    return material
  }

  /** Destroys the material of one version. */
  forget(keyVersionId: string): void {
    this.#entries.get(keyVersionId)?.material.destroy()
    this.#entries.delete(keyVersionId)
  }

  /** Destroys everything. */
  clear(): void {
    for (const keyVersionId of this.#entries.keys()) this.forget(keyVersionId)
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #sweep(): void {
    this.#timer = null
    const limit = performance.now() - idleMs
    for (const [keyVersionId, { usedAt }] of this.#entries) {
      if (usedAt > limit) return this.#sweepIn(usedAt - limit)
      this.forget(keyVersionId)
    }
  }

  #sweepIn(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#sweep(), Math.ceil(milliseconds)).unref()
  }
}
