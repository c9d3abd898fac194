import { createHash } from 'node:crypto'
import type { TokenSummary } from '../../src-shared/contract/tokens'
import { isKmsError, KmsError, type ErrorCode } from '../../src-shared/errors'
import type { EncryptionAlgorithm, KeySpec, KeyUsage, MacAlgorithm, SignatureAlgorithm } from '../../src-shared/model/keys'
import { tokenSpecs, type TokenAvailability, type TokenKeySpec } from '../../src-shared/model/tokens'
import { isTokenOpen } from '../../src-shared/token-waits'
import type { MechanismUse, ObjectRef, ObjectView } from './host/calls'
import { gcmUse, macUse, neededMechanisms, oaepHashOf, signingOf, usesOf } from './key-algorithms'
import { classNumbers, isSecretSpec, templateProblems } from './key-templates'
import { Attributes, objectIdOf, refOf, spkiOf } from './object-view'
import { openOaep } from './open-oaep'
import { cka } from './pkcs11'
import { tokenError } from './token-errors'
import { makeKey, takeIn } from './token-objects'
import type { Tokens } from './tokens'

/** A token as a master key remembers it. */
interface Identity {
  manufacturer: string
  model: string
  serial: string
  label: string
}

/** One that was chosen from a list. */
interface Chosen extends Identity {
  tokenId: string
  instanceId: string
}

interface KeyRef {
  token: Identity | Chosen
  ckaId: Uint8Array
}

interface FoundKey {
  tokenId: string
  object: ObjectRef
}

type WorkingClass = 'secret-key' | 'private-key'

/** What is known of a key is out of date: it is looked for once more. */
const staleCodes: ReadonlySet<ErrorCode> = new Set(['TOKEN_NOT_FOUND', 'TOKEN_REMOVED', 'TOKEN_CHANGED', 'TOKEN_OBJECT_NOT_FOUND', 'TOKEN_LOGIN_NEEDED'])
/** A ciphertext that does not open: modules do not agree on how they say so. */
const refusedCiphertext: ReadonlySet<string> = new Set(['CKR_ENCRYPTED_DATA_INVALID', 'CKR_ENCRYPTED_DATA_LEN_RANGE', 'CKR_DATA_INVALID', 'CKR_DATA_LEN_RANGE', 'CKR_GENERAL_ERROR', 'CKR_FUNCTION_FAILED', 'CKR_AEAD_DECRYPT_FAILED'])

/**
 * Keys on tokens as the keystore uses them: found by the token's manufacturer, model and serial number and by CKA_ID,
 * whatever slot the token is in and whichever module reaches it.
 */
export class TokenKeyStore {
  readonly #tokens: Tokens
  /** Where keys were found, by token, CKA_ID and class. */
  readonly #found = new Map<string, FoundKey>()

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  async identify(id: string): Promise<Chosen> {
    const { tokenId, manufacturer, model, serial, label } = isInstanceId(id) ? await this.#instance(id) : await this.#tokens.summary(id)
    const identity = { manufacturer, model, serial, label }
    return { ...identity, tokenId, instanceId: instanceIdOf(identity) }
  }

  async requirePossible(identity: Identity | Chosen, keySpec: KeySpec, keyUsage: KeyUsage): Promise<void> {
    const token = await this.#here(identity)
    const mechanisms = await this.#tokens.mechanisms(token.tokenId)
    const offered = new Set(mechanisms.map(({ mechanism }) => mechanism))
    const tokenSpec = tokenSpecs[keySpec]
    const isPossible = tokenSpec !== undefined && neededMechanisms(keySpec, keyUsage).every((ways) => ways.some((way) => offered.has(way)))
    if (!isPossible || templateProblems(wantedKey(tokenSpec, keySpec, keyUsage), mechanisms).some(({ isFatal }) => isFatal)) throw impossible(token, keySpec)
  }

  async generate({ token, ckaId }: KeyRef, { keySpec, keyUsage, label }: { keySpec: KeySpec; keyUsage: KeyUsage; label: string }): Promise<Uint8Array | null> {
    const here = await this.#here(token)
    const { tokenId } = here
    if (!isTokenOpen(here)) throw missed('TOKEN_LOGIN_NEEDED', token)
    const tokenSpec = tokenSpecs[keySpec] ?? 'AES_256'
    const views = await this.#make(here, keySpec, { ...wantedKey(tokenSpec, keySpec, keyUsage), tokenId, label, idHex: hex(ckaId) })
    await takeIn(this.#tokens, tokenId, views)
    if (isSecretSpec(tokenSpec)) return null
    const spki = views.map((view) => (view.objectClass === 'public-key' ? spkiOf(view) : null)).find((found) => found !== null)
    if (spki) return spki
    await this.destroy({ token, ckaId })
    throw tokenError('TOKEN_TEMPLATE_REFUSED', { tokenLabel: token.label })
  }

  /** Not every curve of a mechanism is known to who lists the mechanism: that is said when the key is to be made, and nothing is. */
  async #make(token: TokenSummary, keySpec: KeySpec, request: Parameters<typeof makeKey>[1]): Promise<ObjectView[]> {
    try {
      return await makeKey(this.#tokens, request)
    } catch (error) {
      if (isKmsError(error, 'TOKEN_TEMPLATE_REFUSED') || isKmsError(error, 'TOKEN_MECHANISM_UNSUPPORTED')) throw impossible(token, keySpec, error)
      throw error
    }
  }

  async sealGcm(key: KeyRef, nonce: Uint8Array, data: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array> {
    return this.#use('encrypt', key, 'secret-key', gcmUse(nonce, associatedData), data)
  }

  async openGcm(key: KeyRef, nonce: Uint8Array, sealed: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array | null> {
    return unlessRefused(this.#use('decrypt', key, 'secret-key', gcmUse(nonce, associatedData), sealed))
  }

  async decrypt(key: KeyRef, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Promise<Uint8Array | null> {
    const hash = oaepHashOf(algorithm)
    if (!hash) throw unsupported(key, algorithm)
    return this.#withKey(key, 'private-key', ({ tokenId, object }) => unlessRefused(openOaep(this.#tokens, { tokenId, key: object, contextPin: null, hash, ciphertext })))
  }

  async sign(key: KeyRef, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array): Promise<Uint8Array> {
    const signing = signingOf(keySpec, algorithm)
    if (!signing) throw unsupported(key, algorithm)
    return signing.signature(await this.#use('sign', key, 'private-key', signing.use, signing.data(digest)))
  }

  async mac(key: KeyRef, algorithm: MacAlgorithm, message: Uint8Array): Promise<Uint8Array> {
    const use = macUse(algorithm)
    if (!use) throw unsupported(key, algorithm)
    return this.#use('sign', key, 'secret-key', use, message)
  }

  async destroy({ token: identity, ckaId }: KeyRef): Promise<void> {
    const { tokens } = await this.#look(identity)
    const certain = tokens.filter(({ label }) => label === identity.label)
    const meant = certain.length > 0 ? certain : tokens
    if (meant.length === 0) throw missed('TOKEN_NOT_FOUND', identity)
    // Private objects of a token are not seen without a login, and what is not seen is not destroyed.
    const open = meant.filter(isTokenOpen)
    if (open.length === 0) throw missed('TOKEN_LOGIN_NEEDED', identity)
    let destroyed = 0
    for (const { tokenId } of open) destroyed += await this.#destroyOn(tokenId, ckaId)
    // Perhaps it is on the one that is away: some programs give all their tokens one serial number.
    if (destroyed === 0 && certain.length === 0) throw missed('TOKEN_NOT_FOUND', identity)
  }

  async #destroyOn(tokenId: string, ckaId: Uint8Array): Promise<number> {
    let destroyed = 0
    for (const objectClass of ['secret-key', 'private-key', 'public-key'] as const) {
      for (const view of await this.#objects(tokenId, ckaId, objectClass)) {
        await this.#tokens.call(tokenId, 'deleteObject', { object: refOf(view) })
        ;(await this.#tokens.objects(tokenId)).remove(objectIdOf(view))
        destroyed += 1
      }
    }
    if (destroyed > 0) this.#tokens.objectsChanged(tokenId)
    return destroyed
  }

  async availabilityOf(identity: Identity): Promise<TokenAvailability> {
    const { tokens: [token], isEveryModuleWell } = await this.#look(identity)
    if (!token) return isEveryModuleWell ? 'absent' : 'unreachable'
    return isTokenOpen(token) ? 'ready' : 'login-needed'
  }

  async #use(call: 'encrypt' | 'decrypt' | 'sign', key: KeyRef, objectClass: WorkingClass, use: MechanismUse, data: Uint8Array): Promise<Uint8Array> {
    return this.#withKey(key, objectClass, ({ tokenId, object }) => this.#tokens.call(tokenId, call, { ...use, key: object, contextPin: null, data }))
  }

  async #withKey<T>(key: KeyRef, objectClass: WorkingClass, work: (found: FoundKey) => Promise<T>): Promise<T> {
    const name = JSON.stringify([nameOf(key.token), hex(key.ckaId), objectClass])
    const known = this.#found.get(name)
    if (known) {
      try {
        return await work(known)
      } catch (error) {
        if (!isKmsError(error) || !staleCodes.has(error.code)) throw error
        this.#found.delete(name)
      }
    }
    const found = await this.#find(key, objectClass)
    this.#found.set(name, found)
    return work(found)
  }

  async #find({ token: identity, ckaId }: KeyRef, objectClass: WorkingClass): Promise<FoundKey> {
    const { tokens } = await this.#look(identity)
    for (const { tokenId } of tokens) {
      const [view, second] = await this.#objects(tokenId, ckaId, objectClass)
      if (view && !second) return { tokenId, object: refOf(view) }
    }
    const code = tokens.length === 0 ? 'TOKEN_NOT_FOUND' : !tokens.every(isTokenOpen) ? 'TOKEN_LOGIN_NEEDED' : 'TOKEN_OBJECT_NOT_FOUND'
    throw missed(code, identity)
  }

  async #objects(tokenId: string, ckaId: Uint8Array, objectClass: WorkingClass | 'public-key'): Promise<ObjectView[]> {
    const template = [{ type: cka.class, value: classNumbers[objectClass] }, { type: cka.id, value: ckaId }]
    const { handles } = await this.#tokens.call(tokenId, 'findObjects', { template })
    const views = handles.length === 0 ? [] : await this.#tokens.call(tokenId, 'readObjects', { handles })
    // Not every module takes every part of a template to heart, and what is found here is used and deleted.
    return views.filter((view) => view.objectClass === objectClass && new Attributes(view).hex(cka.id) === hex(ckaId))
  }

  /** TOKEN_NOT_FOUND; TOKEN_AMBIGUOUS when neither the choice, nor the label, nor a login tells which one is meant. */
  async #here(identity: Identity | Chosen): Promise<TokenSummary> {
    if ('tokenId' in identity) return this.#tokens.summary(identity.tokenId)
    const { tokens } = await this.#look(identity)
    const certain = tokens.filter(({ label }) => label === identity.label)
    const open = certain.filter(isTokenOpen)
    const [token] = tokens
    if (!token) throw missed('TOKEN_NOT_FOUND', identity)
    if (isUncertain(open) || (certain.length === 0 && isUncertain(tokens))) throw missed('TOKEN_AMBIGUOUS', identity)
    return token
  }

  async #instance(instanceId: string): Promise<TokenSummary> {
    const { tokens } = await this.#tokens.listTokens()
    const fitting = tokens.filter((one) => one.isInitialized && instanceIdOf(one) === instanceId)
    const [token] = fitting
    if (!token) throw tokenError('TOKEN_NOT_FOUND')
    if (isUncertain(fitting)) throw missed('TOKEN_AMBIGUOUS', token)
    return token
  }

  /**
   * The tokens that may be meant, the likeliest first: two modules may reach one token, then somebody is logged in through one
   * of them perhaps; and tokens of some programs all have one serial number, then the label tells.
   */
  async #look(identity: Identity): Promise<{ tokens: TokenSummary[]; isEveryModuleWell: boolean }> {
    const { tokens, problems } = await this.#tokens.listTokens()
    const likelihood = (token: TokenSummary) => 2 * Number(token.label === identity.label) + Number(token.login === 'user')
    const same = tokens.filter((token) => nameOf(token) === nameOf(identity))
    return { tokens: same.toSorted((a, b) => likelihood(b) - likelihood(a)), isEveryModuleWell: problems.length === 0 }
  }
}

/** Serial numbers of devices are theirs alone: it is one that several modules reach. Those in software may share one. */
function isUncertain(tokens: readonly TokenSummary[]): boolean {
  return tokens.length > 1 && tokens.some(({ isSoftware }) => isSoftware)
}

const instancePrefix = 'hsm-'

function isInstanceId(id: string): boolean {
  return id.startsWith(instancePrefix)
}

function instanceIdOf({ manufacturer, model, serial, label }: Identity): string {
  const digest = createHash('sha256').update(JSON.stringify([manufacturer, model, serial, label])).digest('hex')
  return `${instancePrefix}${digest.slice(0, 24)}`
}

/** The label is for people, and can be changed. */
function nameOf({ manufacturer, model, serial }: Pick<Identity, 'manufacturer' | 'model' | 'serial'>): string {
  return JSON.stringify([manufacturer, model, serial])
}

/** A master key as tokens are asked for it: it does what its usage asks, and cannot leave. */
function wantedKey(tokenSpec: TokenKeySpec, keySpec: KeySpec, keyUsage: KeyUsage) {
  return { keySpec: tokenSpec, label: '', uses: usesOf(keySpec, keyUsage), isSensitive: true, isExtractable: false, asksEachTime: false }
}

function impossible({ label }: TokenSummary, keySpec: KeySpec, cause?: KmsError): KmsError {
  const ckr = cause?.details.ckr
  return new KmsError('UNSUPPORTED_PROTECTION_LEVEL', `The token cannot make a key of the spec ${keySpec}: choose another spec, or the protection level SOFTWARE.`, { tokenLabel: label, ...(ckr && { ckr }) }, cause)
}

/** A refusal that tells which token is wanted. */
function missed(code: ErrorCode, { label, serial }: Pick<Identity, 'label' | 'serial'>): KmsError {
  return tokenError(code, { tokenLabel: label, tokenSerial: serial })
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

async function unlessRefused(work: Promise<Uint8Array | null>): Promise<Uint8Array | null> {
  try {
    return await work
  } catch (error) {
    if (isKmsError(error) && refusedCiphertext.has(error.details.ckr ?? '')) return null
    throw error
  }
}

function unsupported({ token }: KeyRef, algorithm: string): KmsError {
  return new KmsError('UNSUPPORTED_OPERATION', `A key on a token cannot do ${algorithm}.`, { tokenLabel: token.label })
}
