import type { EncryptionAlgorithm, KeySpec, MacAlgorithm, SignatureAlgorithm } from '../../src-shared/model/keys'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { RecordTransaction, VaultRecords } from '../vault/records'
import type { KeyProvider, KeyVersionRef, MaterialProvider, NewMaterial, SealedBytes, TokenPlace } from './key-provider'
import { SoftwareKeyProvider } from './software-key-provider'
import { TokenKeyProvider } from './token/token-key-provider'
import type { TokenIdentity, TokenKeyRef, TokenKeys } from './token/token-keys'

/** Software keys work in the vault, HSM keys on their tokens. */
export class RoutingKeyProvider implements KeyProvider {
  readonly #software: SoftwareKeyProvider
  readonly #token: TokenKeyProvider

  constructor(records: VaultRecords, tokens: TokenKeys) {
    this.#software = new SoftwareKeyProvider(records)
    this.#token = new TokenKeyProvider(records, tokens)
  }

  generate(version: KeyVersionRef, place: TokenPlace | null): Promise<NewMaterial> {
    return place === null ? this.#software.generate(version.keySpec) : this.#token.generate(version, place)
  }

  async tokenOf(version: KeyVersionRef): Promise<TokenIdentity | null> {
    return version.protectionLevel === 'HSM' ? this.#token.tokenOf(version) : null
  }

  async tokenKeyOf(version: KeyVersionRef): Promise<TokenKeyRef | null> {
    return version.protectionLevel === 'HSM' ? this.#token.refOf(version) : null
  }

  async destroyElsewhere(version: KeyVersionRef): Promise<void> {
    if (version.protectionLevel === 'HSM') await this.#token.destroyOnToken(version)
  }

  store(tx: RecordTransaction, version: KeyVersionRef, material: NewMaterial): Promise<void> {
    return this.#of(version).store(tx, version, material)
  }

  remove(tx: RecordTransaction, version: KeyVersionRef): Promise<void> {
    return this.#of(version).remove(tx, version)
  }

  encrypt(version: KeyVersionRef, plaintext: Uint8Array, associatedData: Uint8Array): Promise<SealedBytes> {
    return this.#of(version).encrypt(version, plaintext, associatedData)
  }

  decrypt(version: KeyVersionRef, sealed: SealedBytes, associatedData: Uint8Array): Promise<Uint8Array | null> {
    return this.#of(version).decrypt(version, sealed, associatedData)
  }

  asymmetricDecrypt(version: KeyVersionRef, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array | null> {
    return this.#of(version).asymmetricDecrypt(version, algorithm, ciphertext)
  }

  sign(version: KeyVersionRef, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array> {
    return this.#of(version).sign(version, algorithm, digest)
  }

  signWithNew(material: NewMaterial, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array> {
    return this.#software.signWithNew(material, keySpec, algorithm, digest)
  }

  mac(version: KeyVersionRef, algorithm: MacAlgorithm, message: Uint8Array): Promise<Uint8Array> {
    return this.#of(version).mac(version, algorithm, message)
  }

  export(version: KeyVersionRef): Promise<SecretBuffer | null> {
    return this.#of(version).export(version)
  }

  close(): void {
    this.#software.close()
  }

  #of({ protectionLevel }: KeyVersionRef): MaterialProvider {
    return protectionLevel === 'HSM' ? this.#token : this.#software
  }
}
