import { createHash } from 'node:crypto'
import { KmsError } from '../../../src-shared/errors'
import type { EncryptionAlgorithm, MacAlgorithm, SignatureAlgorithm } from '../../../src-shared/model/keys'
import { concatBytes } from '../../crypto/bytes'
import { randomBytesOf } from '../../crypto/random'
import type { RecordTransaction, VaultRecords } from '../../vault/records'
import type { KeyVersionRef, MaterialProvider, NewMaterial, SealedBytes, TokenPlace } from '../key-provider'
import type { TokenIdentity, TokenKeyRef, TokenKeys } from './token-keys'
import { decodeTokenRow, encodeTokenRow } from './token-row'

const nonceBytes = 12
const tagBytes = 16
const ckaIdBytes = 16

/** A key that a token has made. Until it is kept it is nobody's: destroy() takes it off the token again. */
class TokenMaterial implements NewMaterial {
  readonly ref: TokenKeyRef
  readonly publicKey: Uint8Array | null
  readonly #tokens: TokenKeys
  #isNobodys = true

  constructor(tokens: TokenKeys, ref: TokenKeyRef, publicKey: Uint8Array | null) {
    this.#tokens = tokens
    this.ref = ref
    this.publicKey = publicKey
  }

  keep(): void {
    this.#isNobodys = false
  }

  async destroy(): Promise<void> {
    if (!this.#isNobodys) return
    this.#isNobodys = false
    // When the token has gone its object stays there: no row names it, and its label tells that it was ours.
    await this.#tokens.destroy(this.ref).catch(() => undefined)
  }
}

/**
 * Leaves the material of keys on tokens; the vault has a reference to each version's. Nonces are made here, so that they
 * are as random as those of all other keys.
 */
export class TokenKeyProvider implements MaterialProvider {
  readonly #records: VaultRecords
  readonly #tokens: TokenKeys
  /** What is read of rows: it never changes while the row is there. */
  readonly #refs = new Map<string, TokenKeyRef>()

  constructor(records: VaultRecords, tokens: TokenKeys) {
    this.#records = records
    this.#tokens = tokens
  }

  /** UNSUPPORTED_PROTECTION_LEVEL, and the codes of TokenKeys. */
  async generate({ keyId, keyVersionId, keySpec }: KeyVersionRef, { token, keyUsage }: TokenPlace): Promise<NewMaterial> {
    await this.#tokens.requirePossible(token, keySpec, keyUsage)
    const ref = { token, ckaId: ckaIdOf(keyVersionId) }
    const publicKey = await this.#tokens.generate(ref, { keySpec, keyUsage, label: `keystead:${keyId}` })
    return new TokenMaterial(this.#tokens, ref, publicKey)
  }

  async store(tx: RecordTransaction, { keyId, keyVersionId }: KeyVersionRef, material: NewMaterial): Promise<void> {
    if (!(material instanceof TokenMaterial)) throw new TypeError('material of another provider')
    await tx.put('key-material', keyVersionId, keyId, encodeTokenRow(material.ref))
    if (material.publicKey) await tx.put('public-key', keyVersionId, keyId, material.publicKey)
  }

  async remove(tx: RecordTransaction, { keyVersionId }: KeyVersionRef): Promise<void> {
    await tx.remove('key-material', keyVersionId)
    await tx.remove('public-key', keyVersionId)
    this.#refs.delete(keyVersionId)
  }

  /** Takes the key of a version off its token; nothing when it is not there any more. */
  async destroyOnToken(version: KeyVersionRef): Promise<void> {
    await this.#tokens.destroy(await this.refOf(version))
  }

  /** What finds the key of a version on its token. */
  async refOf({ keyVersionId }: KeyVersionRef): Promise<TokenKeyRef> {
    const known = this.#refs.get(keyVersionId)
    if (known) return known
    const ref = decodeTokenRow(await this.#records.read('key-material', keyVersionId))
    this.#refs.set(keyVersionId, ref)
    return ref
  }

  async tokenOf(version: KeyVersionRef): Promise<TokenIdentity> {
    return (await this.refOf(version)).token
  }

  async encrypt(version: KeyVersionRef, plaintext: Uint8Array, associatedData: Uint8Array): Promise<SealedBytes> {
    const nonce = randomBytesOf(nonceBytes)
    const sealed = await this.#tokens.sealGcm(await this.refOf(version), nonce, plaintext, associatedData)
    if (sealed.length !== plaintext.length + tagBytes) throw new KmsError('TOKEN_MODULE_FAILED', 'The token module answered what makes no sense.')
    return { nonce, ciphertext: sealed.slice(0, -tagBytes), tag: sealed.slice(-tagBytes) }
  }

  async decrypt(version: KeyVersionRef, { nonce, ciphertext, tag }: SealedBytes, associatedData: Uint8Array): Promise<Uint8Array | null> {
    return this.#tokens.openGcm(await this.refOf(version), nonce, concatBytes(ciphertext, tag), associatedData)
  }

  async asymmetricDecrypt(version: KeyVersionRef, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array | null> {
    return this.#tokens.decrypt(await this.refOf(version), algorithm, ciphertext)
  }

  async sign(version: KeyVersionRef, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array> {
    return this.#tokens.sign(await this.refOf(version), version.keySpec, algorithm, digest)
  }

  async mac(version: KeyVersionRef, algorithm: MacAlgorithm, message: Uint8Array): Promise<Uint8Array> {
    return this.#tokens.mac(await this.refOf(version), algorithm, message)
  }

  /** It was made so that it cannot leave. */
  async export(): Promise<null> {
    return null
  }
}

/** CKA_ID of a version: short enough for cards, and told from the version's id alone. */
function ckaIdOf(keyVersionId: string): Uint8Array {
  return createHash('sha256').update(keyVersionId).digest().subarray(0, ckaIdBytes)
}
