import type { KeyObject } from 'node:crypto'
import { specOfPublicKey } from '../crypto/spki'
import type { VaultRecords } from '../vault/records'
import type { KeyVersionRef } from './key-provider'
import { damagedRow } from './stored-row'

/** How many public keys are kept ready. */
const capacity = 64

/** A public key, with the runtime's form of it beside the bytes, because reading one takes longer than using it. */
export class PublicKey {
  /** SPKI DER. */
  readonly spki: Uint8Array
  #key: KeyObject | null = null

  constructor(spki: Uint8Array) {
    this.spki = spki
  }

  /** The runtime's form, which `read` makes at the first call. */
  keyObject(read: (spki: Uint8Array) => KeyObject): KeyObject {
    return (this.#key ??= read(this.spki))
  }
}

/** The public keys of the versions of asymmetric keys: rows `public-key`, the latest used ones kept ready. */
export class PublicKeys {
  readonly #records: VaultRecords
  /** Used last, stands last. */
  readonly #known = new Map<string, PublicKey>()

  constructor(records: VaultRecords) {
    this.#records = records
  }

  /** VAULT_DAMAGED when the row is missing or not a key of the version's spec. */
  async of({ keyVersionId, keySpec }: KeyVersionRef): Promise<PublicKey> {
    const known = this.#known.get(keyVersionId)
    if (known) return this.#keep(keyVersionId, known)
    const spki = await this.#records.read('public-key', keyVersionId)
    if (spki === null) throw damagedRow('key without its public key')
    if (specOfPublicKey(spki) !== keySpec) throw damagedRow('public key record')
    return this.#keep(keyVersionId, new PublicKey(spki))
  }

  #keep(keyVersionId: string, key: PublicKey): PublicKey {
    this.#known.delete(keyVersionId)
    this.#known.set(keyVersionId, key)
    const [oldest] = this.#known.keys()
    if (this.#known.size > capacity && oldest !== undefined) this.#known.delete(oldest)
    return key
  }
}
