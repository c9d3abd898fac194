import { randomBytes } from 'node:crypto'
import type { PathUse } from '../../src-shared/contract/fields'
import { isKmsError, KmsError, type ErrorCode } from '../../src-shared/errors'

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
  /** What was lent before everything was forgotten does not come back. */
  #epoch = 0

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

  /**
   * Lends the path of `handle` to `use`. It is spent by this unless `use` is refused with one of `again`, codes after which
   * people go on with the same file; the handle is then valid once more. HANDLE_INVALID, and the codes of `use`.
   */
  async lend<T>(handle: string, purpose: PathUse, again: readonly ErrorCode[], use: (path: string) => Promise<T>): Promise<T> {
    const path = this.redeem(handle, purpose)
    const epoch = this.#epoch
    try {
      return await use(path)
    } catch (error) {
      if (isKmsError(error) && again.includes(error.code) && epoch === this.#epoch) this.#issued.set(handle, { path, use: purpose })
      throw error
    }
  }

  /** Forgets everything; called at lock. */
  clear(): void {
    this.#issued.clear()
    this.#epoch += 1
  }
}
