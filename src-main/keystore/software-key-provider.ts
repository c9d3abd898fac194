import { keySpecInfos } from '../../src-shared/model/key-specs'
import type { KeySpec } from '../../src-shared/model/keys'
import { decryptAesGcm, encryptAesGcm } from '../crypto/aes-gcm'
import { concatBytes } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import type { RecordTransaction, VaultRecords } from '../vault/records'
import type { KeyProvider, KeyVersionRef, NewMaterial, SealedBytes } from './key-provider'
import { damagedRow } from './stored-row'

const rowVersion = 1
const nonceBytes = 12

/** Material of the software provider, in memory of its own. */
export class SoftwareMaterial implements NewMaterial {
  readonly secret: SecretBuffer
  readonly publicKey: Uint8Array | null

  constructor(secret: SecretBuffer, publicKey: Uint8Array | null) {
    this.secret = secret
    this.publicKey = publicKey
  }

  destroy(): void {
    this.secret.destroy()
  }
}

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

  async generate(keySpec: KeySpec): Promise<NewMaterial> {
    const { materialBytes } = keySpecInfos[keySpec]
    if (materialBytes === null) throw new Error('asymmetric keys are not built yet')
    return new SoftwareMaterial(SecretBuffer.random(materialBytes), null)
  }

  async store(tx: RecordTransaction, { keyId, keyVersionId }: KeyVersionRef, material: NewMaterial): Promise<void> {
    if (!(material instanceof SoftwareMaterial)) throw new TypeError('material of another provider')
    const row = material.secret.use((bytes) => concatBytes(Uint8Array.of(rowVersion), bytes))
    try {
      await tx.put('key-material', keyVersionId, keyId, row)
    } finally {
      row.fill(0)
    }
  }

  async remove(tx: RecordTransaction, { keyVersionId }: KeyVersionRef): Promise<void> {
    await tx.remove('key-material', keyVersionId)
    await tx.remove('public-key', keyVersionId)
  }

  async encrypt(version: KeyVersionRef, plaintext: Uint8Array, associatedData: Uint8Array): Promise<SealedBytes> {
    const nonce = randomBytesOf(nonceBytes)
    return this.#withMaterial(version, (key) => ({ nonce, ...encryptAesGcm(key, nonce, plaintext, associatedData) }))
  }

  async decrypt(version: KeyVersionRef, sealed: SealedBytes, associatedData: Uint8Array): Promise<Uint8Array | null> {
    return this.#withMaterial(version, (key) => decryptAesGcm(key, sealed.nonce, sealed.ciphertext, sealed.tag, associatedData))
  }

  close(): void {}

  async #withMaterial<T>(version: KeyVersionRef, work: (key: Uint8Array) => T): Promise<T> {
    const row = await this.#records.read('key-material', version.keyVersionId)
    if (row === null) throw damagedRow('key without its material')
    try {
      if (row[0] !== rowVersion || row.length !== 1 + (keySpecInfos[version.keySpec].materialBytes ?? 0)) throw damagedRow('key material record')
      return work(row.subarray(1))
    } finally {
      row.fill(0)
    }
  }
}
