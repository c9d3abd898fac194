import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { ChosenTokenKey, SecretOnToken, SignatureByToken, TokenKeyName, TokenPort } from '../../src-main/vault/token-port'
import { KmsError, type ErrorCode } from '../../src-shared/errors'

const tokenPin = '123456'

/** A token in memory with one AES key and the PIN 123456. */
export class FakeTokenSlots implements TokenPort {
  /** Taken out when null. */
  key: Uint8Array | null
  name = { serial: '46d35148479bcec2', label: 'Workstation token', model: 'SoftHSM v2', manufacturer: 'SoftHSM project', idHex: 'a1', algorithm: 'AES_GCM' as const }
  /** What the next calls are refused with. */
  failure: ErrorCode | null = null
  #held: Promise<void> = Promise.resolve()
  readonly tries: string[] = []
  signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  constructor(key: Uint8Array = randomBytes(32)) {
    this.key = key
  }

  /** From now on it takes its time to encrypt and decrypt, until the answer is called. */
  hold(): () => void {
    let release = () => {}
    this.#held = new Promise((resolve) => (release = resolve))
    return release
  }

  async encrypt(_key: ChosenTokenKey, secret: Uint8Array, context: Uint8Array): Promise<SecretOnToken> {
    await this.#held
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#present(this.name), iv).setAAD(context)
    return { ...this.name, encryptedSecret: Uint8Array.from(Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()])) }
  }

  async decrypt(key: TokenKeyName, pin: Uint8Array | null, encrypted: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
    const material = this.#present(key)
    const typed = new TextDecoder().decode(pin ?? new Uint8Array())
    this.tries.push(typed)
    await this.#held
    if (typed !== tokenPin) throw new KmsError('TOKEN_PIN_WRONG', 'wrong', { pinState: 'low', tokenLabel: key.label })
    const decipher = createDecipheriv('aes-256-gcm', material, encrypted.subarray(0, 12)).setAAD(context).setAuthTag(encrypted.subarray(-16))
    try {
      return Uint8Array.from(Buffer.concat([decipher.update(encrypted.subarray(12, -16)), decipher.final()]))
    } catch {
      throw new KmsError('TOKEN_CIPHERTEXT_REFUSED', 'refused')
    }
  }

  /** With `signingKey`, for P-256. */
  async sign(_key: ChosenTokenKey, message: Uint8Array): Promise<SignatureByToken> {
    const { privateKey, publicKey } = this.signingKey
    return { algorithm: 'ECDSA_SHA_256', publicKey: Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' })), label: this.name.label, serial: this.name.serial, signature: Uint8Array.from(sign('sha256', message, privateKey)) }
  }

  async isPresent({ serial, label }: TokenKeyName): Promise<boolean> {
    return this.key !== null && serial === this.name.serial && label === this.name.label
  }

  #present({ serial, label }: { serial: string; label: string }): Uint8Array {
    if (this.failure) throw new KmsError(this.failure, 'refused', { tokenLabel: label })
    if (!this.key || serial !== this.name.serial || label !== this.name.label) throw new KmsError('TOKEN_NOT_FOUND', 'not there', { tokenLabel: label })
    return this.key
  }
}

/** UTF-8 of the PIN, anew for each call. */
export const rightPin = () => new TextEncoder().encode(tokenPin)
