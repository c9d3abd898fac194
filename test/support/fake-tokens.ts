import { KmsError } from '../../src-shared/errors'
import type { EncryptionAlgorithm, KeySpec, MacAlgorithm, SignatureAlgorithm } from '../../src-shared/model/keys'
import type { TokenAvailability } from '../../src-shared/model/tokens'
import { concatBytes } from '../../src-main/crypto/bytes'
import { decryptAesGcm, encryptAesGcm } from '../../src-main/crypto/aes-gcm'
import { generateMaterial } from '../../src-main/keystore/software/generate-material'
import { macWith } from '../../src-main/keystore/software/mac'
import { OpenedMaterial } from '../../src-main/keystore/software/opened-material'
import { decryptWith, signWith } from '../../src-main/keystore/software/private-key-work'
import type { ChosenToken, NewTokenKey, TokenIdentity, TokenKeyRef, TokenKeys } from '../../src-main/keystore/token/token-keys'

const tagBytes = 16
const impossible: readonly KeySpec[] = ['Aliyun_SM4', 'EC_SM2', 'HMAC_SM3']

/** A token in memory, which can be taken out; `objects`: its keys by CKA_ID. */
export class FakeTokens implements TokenKeys {
  readonly identity: TokenIdentity = { manufacturer: 'Acme', model: 'Stick', serial: '0001', label: 'Archive' }
  readonly tokenId = 't-000000000000000000000001'
  readonly instanceId = 'hsm-000000000000000000000001'
  readonly objects = new Map<string, NewTokenKey & { material: OpenedMaterial }>()
  availability: TokenAvailability = 'ready'

  async identify(id: string): Promise<ChosenToken> {
    if (id !== this.tokenId && id !== this.instanceId) throw new KmsError('TOKEN_NOT_FOUND', 'The token is not there.')
    return { ...this.identity, tokenId: this.tokenId, instanceId: this.instanceId }
  }

  async requirePossible(_token: TokenIdentity, keySpec: KeySpec): Promise<void> {
    this.#requireReady()
    if (impossible.includes(keySpec)) throw new KmsError('UNSUPPORTED_PROTECTION_LEVEL', 'The token cannot make such a key.')
  }

  async generate({ ckaId }: TokenKeyRef, made: NewTokenKey): Promise<Uint8Array | null> {
    this.#requireReady()
    const { secret, publicKey } = await generateMaterial(made.keySpec)
    this.objects.set(nameOf(ckaId), { ...made, material: new OpenedMaterial(secret) })
    return publicKey
  }

  async sealGcm(key: TokenKeyRef, nonce: Uint8Array, plaintext: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array> {
    const { ciphertext, tag } = this.#material(key).use((bytes) => encryptAesGcm(bytes, nonce, plaintext, associatedData))
    return concatBytes(ciphertext, tag)
  }

  async openGcm(key: TokenKeyRef, nonce: Uint8Array, sealed: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array | null> {
    return this.#material(key).use((bytes) => decryptAesGcm(bytes, nonce, sealed.subarray(0, -tagBytes), sealed.subarray(-tagBytes), associatedData))
  }

  async decrypt(key: TokenKeyRef, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array | null> {
    return decryptWith(this.#material(key), algorithm, ciphertext)
  }

  async sign(key: TokenKeyRef, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array> {
    return signWith(this.#material(key), keySpec, algorithm, digest)
  }

  async mac(key: TokenKeyRef, algorithm: MacAlgorithm, message: Uint8Array): Promise<Uint8Array> {
    return this.#material(key).use((bytes) => macWith(algorithm, bytes, message))
  }

  async destroy({ ckaId }: TokenKeyRef): Promise<void> {
    this.#requireReady()
    this.objects.delete(nameOf(ckaId))
  }

  async availabilityOf(): Promise<TokenAvailability> {
    return this.availability
  }

  #material({ ckaId }: TokenKeyRef): OpenedMaterial {
    this.#requireReady()
    const object = this.objects.get(nameOf(ckaId))
    if (!object) throw new KmsError('TOKEN_OBJECT_NOT_FOUND', 'There is no such object on the token.')
    return object.material
  }

  #requireReady(): void {
    const code = this.availability === 'ready' ? null : this.availability === 'absent' ? 'TOKEN_NOT_FOUND' : 'TOKEN_LOGIN_NEEDED'
    if (code) throw new KmsError(code, 'The token cannot be used.', { tokenLabel: this.identity.label, tokenSerial: this.identity.serial })
  }
}

function nameOf(ckaId: Uint8Array): string {
  return Buffer.from(ckaId).toString('hex')
}
