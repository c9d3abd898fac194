import type { KeyObject } from 'node:crypto'
import type { SecretBuffer } from '../../crypto/secret-buffer'

/**
 * The material of one version, open for use; owns it. Keeps the runtime's form of an RSA or Ed25519 key beside the bytes,
 * because reading one takes longer than using it; the runtime zeroes that form when it collects it.
 */
export class OpenedMaterial {
  readonly #secret: SecretBuffer
  #key: KeyObject | null = null

  constructor(secret: SecretBuffer) {
    this.#secret = secret
  }

  /** Lends the bytes for the time of the call. */
  use<T>(work: (bytes: Uint8Array) => T): T {
    return this.#secret.use(work)
  }

  /** The runtime's form, which `read` makes at the first call. */
  keyObject(read: (bytes: Uint8Array) => KeyObject): KeyObject {
    return (this.#key ??= this.#secret.use(read))
  }

  /** The bytes once more, for the caller to destroy. */
  copy(): SecretBuffer {
    return this.#secret.clone()
  }

  destroy(): void {
    this.#secret.destroy()
    this.#key = null
  }
}
