import type { TokenObject, TokenSummary } from '../../src-shared/contract/tokens'
import type { AuditSignatureAlgorithm } from '../../src-shared/contract/vault'
import { invalidParameter } from '../../src-shared/errors'
import type { TokenSlotAlgorithm } from '../../src-shared/model/tokens'
import type { AsymmetricKeySpec } from '../../src-shared/model/keys'
import { equalBytes } from '../crypto/bytes'
import { specOfPublicKey } from '../crypto/spki'
import { SerialQueue } from '../platform/serial-queue'
import type { ObjectView } from './host/calls'
import { Attributes, objectOf } from './object-view'
import { cka } from './pkcs11'
import { tokenError } from './token-errors'
import { objectView } from './token-objects'
import type { Tokens } from './tokens'
import { decryptWith, encryptFor, publicKeyOf, signWith } from './vault-key-use'

/** A key on a token as the vault remembers it. */
interface KeptKey {
  serial: string
  label: string
  model: string
  manufacturer: string
  idHex: string
  algorithm: TokenSlotAlgorithm
}

/** A key as it was chosen from a list. */
interface ListedKey {
  tokenId: string
  objectId: string
  userPin: Uint8Array | null
}

/** Keys on tokens that open the vault and sign its audit log. Secrets and PINs are borrowed. */
export class VaultTokens {
  readonly #tokens: Tokens
  /** A login of one must not end, or pass for, that of another. */
  readonly #queue = new SerialQueue()

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  /**
   * Encrypts a secret for the key and has the token decrypt it, so that what opens nothing is found at once. INVALID_PARAMETER
   * for a key without CKA_ID, TOKEN_KEY_USE_REFUSED, TOKEN_MECHANISM_UNSUPPORTED, TOKEN_PIN_WRONG and more of the token.
   */
  async encrypt({ tokenId, objectId, userPin }: ListedKey, secret: Uint8Array, context: Uint8Array) {
    const { serial, label, model, manufacturer } = await this.#loggedIn(tokenId, userPin)
    const view = await objectView(this.#tokens, { tokenId, objectId })
    const object = objectOf(view)
    if (object.idHex === '') throw invalidParameter('objectId', 'the key has no CKA_ID by which it could be found again')
    if (!object.uses.includes('decrypt')) throw tokenError('TOKEN_KEY_USE_REFUSED', { tokenLabel: label })
    const algorithm = algorithmOf(object)
    const key = { tokenId, view, contextPin: userPin, context }
    const encryptedSecret = await encryptFor(this.#tokens, key, algorithm, secret)
    const decrypted = await decryptWith(this.#tokens, key, algorithm, encryptedSecret)
    const isSame = equalBytes(decrypted, secret)
    decrypted.fill(0)
    if (!isSame) throw tokenError('TOKEN_KEY_USE_REFUSED', { tokenLabel: label })
    return { serial, label, model, manufacturer, idHex: object.idHex, algorithm, encryptedSecret }
  }

  /**
   * Decrypts with one login, which ends afterwards unless somebody was logged in before. TOKEN_NOT_FOUND, TOKEN_AMBIGUOUS,
   * TOKEN_PIN_WRONG, TOKEN_PIN_LOCKED, TOKEN_OBJECT_NOT_FOUND, TOKEN_CIPHERTEXT_REFUSED and more of the token.
   */
  decrypt(key: KeptKey, pin: Uint8Array | null, encryptedSecret: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
    return this.#queue.run(() => this.#decrypt(key, pin, encryptedSecret, context))
  }

  async #decrypt(key: KeptKey, pin: Uint8Array | null, encryptedSecret: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
    const { tokenId, login } = await this.#meant(key)
    // A module does not look at the PIN of somebody who is logged in already.
    if (login !== null) await this.#tokens.logOut(tokenId)
    await this.#tokens.logIn(tokenId, 'user', pin)
    try {
      const view = await this.#find(tokenId, key)
      return await decryptWith(this.#tokens, { tokenId, view, contextPin: pin, context }, key.algorithm, encryptedSecret)
    } finally {
      if (login !== 'user') await this.#tokens.logOut(tokenId)
    }
  }

  /** ECDSA or RSA by what the key is; the public key is that of its pair or its certificate. TOKEN_MECHANISM_UNSUPPORTED for other keys. */
  async sign({ tokenId, objectId, userPin }: ListedKey, message: Uint8Array) {
    const { serial, label } = await this.#loggedIn(tokenId, userPin)
    const view = await objectView(this.#tokens, { tokenId, objectId })
    const publicKey = await publicKeyOf(this.#tokens, { tokenId, view })
    const algorithm = signAlgorithms.get(specOfPublicKey(publicKey))
    if (!algorithm) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
    const signature = await signWith(this.#tokens, { tokenId, view, contextPin: userPin, context: new Uint8Array() }, algorithm, message)
    return { algorithm, publicKey, label, serial, signature }
  }

  async isPresent(key: KeptKey): Promise<boolean> {
    return (await this.#present(key)).length > 0
  }

  async #loggedIn(tokenId: string, userPin: Uint8Array | null): Promise<TokenSummary> {
    const token = await this.#tokens.summary(tokenId)
    if (token.login === 'user' || (userPin === null && !token.hasPinPad)) return token
    return this.#tokens.logIn(tokenId, 'user', userPin)
  }

  /** A PIN goes to no token of which it is not certain that it is the one: it would cost one of its tries. */
  async #meant(key: KeptKey): Promise<TokenSummary> {
    const present = await this.#present(key)
    // Two modules may give one token two models, so these tell only where there are more.
    const same = present.filter(({ model, manufacturer }) => model === key.model && manufacturer === key.manufacturer)
    const [token, other] = same.length > 0 ? same : present
    // Serial numbers of devices are theirs alone, so it is one that two modules reach; databases of NSS all have the same one.
    if (token && !(other && token.isSoftware)) return token
    throw tokenError(other ? 'TOKEN_AMBIGUOUS' : 'TOKEN_NOT_FOUND', { tokenLabel: key.label, tokenSerial: key.serial })
  }

  /** Tokens of this serial number and label; more than one when several modules reach it, or where all have the same. */
  async #present({ serial, label }: KeptKey): Promise<TokenSummary[]> {
    const { tokens } = await this.#tokens.listTokens()
    return tokens.filter((token) => token.isInitialized && token.serial === serial && token.label === label)
  }

  async #find(tokenId: string, { idHex, algorithm, label }: KeptKey): Promise<ObjectView> {
    const objectClass = algorithm === 'AES_GCM' ? 'secret-key' : 'private-key'
    const all = await (await this.#tokens.objects(tokenId)).whole()
    const found = all.find((view) => view.objectClass === objectClass && new Attributes(view).hex(cka.id) === idHex)
    if (!found) throw tokenError('TOKEN_OBJECT_NOT_FOUND', { tokenLabel: label })
    return found
  }
}

const signAlgorithms = new Map<AsymmetricKeySpec | null, AuditSignatureAlgorithm>([
  ['RSA_2048', 'RSA_PKCS1_SHA_256'],
  ['RSA_3072', 'RSA_PKCS1_SHA_256'],
  ['RSA_4096', 'RSA_PKCS1_SHA_256'],
  ['EC_P256', 'ECDSA_SHA_256'],
  ['EC_P256K', 'ECDSA_SHA_256'],
  ['EC_P384', 'ECDSA_SHA_384'],
])

function algorithmOf({ objectClass, keyType }: TokenObject): TokenSlotAlgorithm {
  if (objectClass === 'secret-key' && keyType === 'AES') return 'AES_GCM'
  if (objectClass === 'private-key' && keyType === 'RSA') return 'RSA_OAEP_SHA_256'
  throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
}
