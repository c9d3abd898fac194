import type { EncryptionAlgorithm, KeySpec, MacAlgorithm, SignatureAlgorithm } from '../../src-shared/model/keys'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { RecordTransaction, VaultRecords } from '../vault/records'
import type { KeyVersionRef, MaterialProvider, NewMaterial, SealedBytes } from './key-provider'
import { openGcm, sealGcm } from './software/gcm'
import { generateMaterial } from './software/generate-material'
import { macWith } from './software/mac'
import { MaterialCache } from './software/material-cache'
import { OpenedMaterial } from './software/opened-material'
import { decryptWith, signWith } from './software/private-key-work'
import { encodeMaterialRow, SoftwareMaterial, takeMaterialRow } from './software/software-material'
import { vaultLocked } from './vault-locked'

export { SoftwareMaterial }

/**
 * Keys whose material is sealed in the vault, one row `key-material` per version: version byte 01, then the material; and
 * for a key pair one row `public-key` with its SPKI. A row is opened when it is used, stays open for some seconds
 * (MaterialCache) and is zeroed then, at the latest at close(). Every method throws VAULT_LOCKED while the vault is
 * locked and VAULT_DAMAGED when the material is missing or malformed.
 */
export class SoftwareKeyProvider implements MaterialProvider {
  readonly #records: VaultRecords
  readonly #opened = new MaterialCache()
  /** Versions whose material was removed: what is opened of it until the transaction ends, or had begun, is not kept. */
  readonly #removed = new Set<string>()
  #isClosed = false

  constructor(records: VaultRecords) {
    this.#records = records
  }

  generate(keySpec: KeySpec): Promise<NewMaterial> {
    return generateMaterial(keySpec)
  }

  async store(tx: RecordTransaction, { keyId, keyVersionId }: KeyVersionRef, material: NewMaterial): Promise<void> {
    const { secret, publicKey } = own(material)
    const row = encodeMaterialRow(secret)
    try {
      await tx.put('key-material', keyVersionId, keyId, row)
    } finally {
      row.fill(0)
    }
    if (publicKey) await tx.put('public-key', keyVersionId, keyId, publicKey)
    this.#removed.delete(keyVersionId)
  }

  async remove(tx: RecordTransaction, { keyVersionId }: KeyVersionRef): Promise<void> {
    await tx.remove('key-material', keyVersionId)
    await tx.remove('public-key', keyVersionId)
    this.#removed.add(keyVersionId)
    this.#opened.forget(keyVersionId)
  }

  async encrypt(version: KeyVersionRef, plaintext: Uint8Array, associatedData: Uint8Array): Promise<SealedBytes> {
    return this.#withMaterial(version, (material) => material.use((key) => sealGcm(version.keySpec, key, plaintext, associatedData)))
  }

  async decrypt(version: KeyVersionRef, sealed: SealedBytes, associatedData: Uint8Array): Promise<Uint8Array | null> {
    return this.#withMaterial(version, (material) => material.use((key) => openGcm(version.keySpec, key, sealed, associatedData)))
  }

  async asymmetricDecrypt(version: KeyVersionRef, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array | null> {
    return this.#withMaterial(version, (material) => decryptWith(material, algorithm, ciphertext))
  }

  async sign(version: KeyVersionRef, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array> {
    return this.#withMaterial(version, (material) => signWith(material, version.keySpec, algorithm, digest))
  }

  async signWithNew(material: NewMaterial, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array> {
    const opened = new OpenedMaterial(own(material).secret.clone())
    try {
      return signWith(opened, keySpec, algorithm, digest)
    } finally {
      opened.destroy()
    }
  }

  async mac(version: KeyVersionRef, algorithm: MacAlgorithm, message: Uint8Array): Promise<Uint8Array> {
    return this.#withMaterial(version, (material) => material.use((key) => macWith(algorithm, key, message)))
  }

  async export(version: KeyVersionRef): Promise<SecretBuffer> {
    return this.#withMaterial(version, (material) => material.copy())
  }

  close(): void {
    this.#isClosed = true
    this.#opened.clear()
  }

  /** `work` runs without a wait after the material was found, so nothing can destroy it meanwhile. */
  #withMaterial<T>(version: KeyVersionRef, work: (material: OpenedMaterial) => T): T | Promise<T> {
    if (this.#isClosed) throw vaultLocked()
    const opened = this.#opened.find(version.keyVersionId)
    return opened ? work(opened) : this.#open(version, work)
  }

  async #open<T>({ keyVersionId, keySpec }: KeyVersionRef, work: (material: OpenedMaterial) => T): Promise<T> {
    const row = await this.#records.read('key-material', keyVersionId)
    const material = new OpenedMaterial(takeMaterialRow(row, keySpec))
    if (!this.#isClosed && !this.#removed.has(keyVersionId)) return work(this.#opened.keep(keyVersionId, material))
    try {
      if (this.#isClosed) throw vaultLocked()
      return work(material)
    } finally {
      material.destroy()
    }
  }
}

/** TypeError for material of another provider. */
function own(material: NewMaterial): SoftwareMaterial {
  if (!(material instanceof SoftwareMaterial)) throw new TypeError('material of another provider')
  return material
}
