import { randomBytes } from 'node:crypto'
import type { PathUse } from '../../src-shared/contract/fields'
import { KmsError } from '../../src-shared/errors'

interface Issued {
  path: string
  use: PathUse
}

/**
 * Opaque names for paths that the user has chosen. The page holds handles and cannot name a path; each handle is valid
 * once. At most 200,000 wait at a time; the oldest are forgotten.
 */
export class PathHandles {
  readonly #issued = new Map<string, Issued>()
  readonly #capacity: number

  constructor(capacity = 200_000) {
    this.#capacity = capacity
  }

  /** A new handle for `path` (absolute). */
  issue(path: string, use: PathUse): string {
    const handle = `h-${randomBytes(16).toString('hex')}`
    this.#issued.set(handle, { path, use })
    for (const oldest of this.#issued.keys()) {
      if (this.#issued.size <= this.#capacity) break
      this.#issued.delete(oldest)
    }
    return handle
  }

  /** The path of `handle`, which is spent by this. HANDLE_INVALID when it is unknown, spent or for another use. */
  redeem(handle: string, use: PathUse): string {
    const issued = this.#issued.get(handle)
    this.#issued.delete(handle)
    if (!issued || issued.use !== use) throw new KmsError('HANDLE_INVALID', 'This choice is no longer valid. Choose the file or folder again.')
    return issued.path
  }

  /** Forgets everything; called at lock. */
  clear(): void {
    this.#issued.clear()
  }
}
