import { utf8 } from '../crypto/bytes'
import { hkdfSha256 } from '../crypto/hkdf'
import { SecretBuffer } from '../crypto/secret-buffer'

/** Each key has one purpose (vault-format section 2); the name is the HKDF info. */
const purposes = ['record', 'token', 'index', 'head', 'audit', 'audit-chain', 'header', 'backup', 'checkpoint'] as const
export type KeyPurpose = (typeof purposes)[number]

/**
 * The keys of an unlocked vault: HKDF-SHA256 of the root key, bound to the vault id, one key per purpose. Owns the root
 * key; destroy() zeroes everything.
 */
export class VaultKeys {
  readonly root: SecretBuffer
  readonly #keys: ReadonlyMap<KeyPurpose, SecretBuffer>

  /** Takes over `root`. */
  constructor(root: SecretBuffer, vaultId: string) {
    this.root = root
    this.#keys = new Map(purposes.map((purpose) => [purpose, derive(root, vaultId, purpose)]))
  }

  /** Lends the key for the time of the call. Throws after destroy(). */
  use<T>(purpose: KeyPurpose, borrow: (key: Uint8Array) => T): T {
    const key = this.#keys.get(purpose)
    if (!key) throw new Error(`no key for ${purpose}`)
    return key.use(borrow)
  }

  /** Zeroes the root key and every derived key. */
  destroy(): void {
    this.root.destroy()
    for (const key of this.#keys.values()) key.destroy()
  }
}

function derive(root: SecretBuffer, vaultId: string, purpose: KeyPurpose): SecretBuffer {
  return root.use((bytes) => SecretBuffer.take(hkdfSha256(bytes, utf8(vaultId), utf8(`keystead vault 1 ${purpose}`), 32)))
}
