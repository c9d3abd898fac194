import type { KeySpec } from '../../src-shared/model/keys'
import { decryptAesGcm, encryptAesGcm } from '../crypto/aes-gcm'
import { concatBytes } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import type { RecordTransaction, VaultRecords } from '../vault/records'
import type { KeyProvider, KeyVersionRef, SealedBytes } from './key-provider'
import { damagedRow } from './stored-row'

const rowVersion = 1
const nonceBytes = 12
const materialBytes: Readonly<Record<KeySpec, number>> = { Aliyun_AES_256: 32 }

/**
 * Keys whose material is sealed in the vault, one row `key-material` per version: version byte 01, then the key bytes.
 * A row is opened for each use and zeroed after it. Every method throws VAULT_LOCKED while the vault is locked and
 * VAULT_DAMAGED when the material is missing or malformed.
 */
export class SoftwareKeyProvider implements KeyProvider {
  readonly #records: VaultRecords

  constructor(records: VaultRecords) {
    this.#records = records
  }

  async createMaterial(tx: RecordTransaction, { keyId, keyVersionId, keySpec }: KeyVersionRef): Promise<void> {
    const material = SecretBuffer.random(materialBytes[keySpec])
    const row = material.use((bytes) => concatBytes(Uint8Array.of(rowVersion), bytes))
    material.destroy()
    try {
      await tx.put('key-material', keyVersionId, keyId, row)
    } finally {
      row.fill(0)
    }
  }

  async encrypt(version: KeyVersionRef, plaintext: Uint8Array, associatedData: Uint8Array): Promise<SealedBytes> {
    const nonce = randomBytesOf(nonceBytes)
    return this.#withMaterial(version, (key) => ({ nonce, ...encryptAesGcm(key, nonce, plaintext, associatedData) }))
  }

  async decrypt(version: KeyVersionRef, sealed: SealedBytes, associatedData: Uint8Array): Promise<Uint8Array | null> {
    return this.#withMaterial(version, (key) => decryptAesGcm(key, sealed.nonce, sealed.ciphertext, sealed.tag, associatedData))
  }

  async #withMaterial<T>(version: KeyVersionRef, work: (key: Uint8Array) => T): Promise<T> {
    const row = await this.#records.read('key-material', version.keyVersionId)
    if (row === null) throw damagedRow('key without its material')
    try {
      if (row[0] !== rowVersion || row.length !== 1 + materialBytes[version.keySpec]) throw damagedRow('key material record')
      return work(row.subarray(1))
    } finally {
      row.fill(0)
    }
  }
}
