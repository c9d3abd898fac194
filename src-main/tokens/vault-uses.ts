import type { TokenObject, TokenSummary, VaultUse } from '../../src-shared/contract/tokens'
import { isKmsError, KmsError } from '../../src-shared/errors'
import type { TokenObjectClass, VaultUseKind } from '../../src-shared/model/tokens'
import { objectOf } from './object-view'
import { shownText } from './shown-text'
import { objectView } from './token-objects'
import type { Tokens } from './tokens'

type TokenName = Pick<TokenSummary, 'manufacturer' | 'model' | 'serial' | 'label'>

/** A key on a token that the vault needs. */
export interface NeededKey {
  token: TokenName
  /** CKA_ID. */
  idHex: string
  /** Objects of these classes are parts of it. */
  classes: readonly TokenObjectClass[]
  use: VaultUse
}

/** Labels that the keystore gives to what it makes. */
const madeByVault = /^keystead:(key-[a-z0-9]{20,40})$/
const keyClasses: ReadonlySet<TokenObjectClass> = new Set(['secret-key', 'private-key', 'public-key'])

/**
 * Tells which objects of tokens are keys that a vault needs, and keeps them from being lost by the way. Those of the open vault
 * are told by token and CKA_ID; those of others by their labels alone.
 */
export class VaultUses {
  readonly #tokens: Tokens
  readonly #neededKeys: () => Promise<readonly NeededKey[]>

  /** `neededKeys`: those of the vault, as far as it is open. */
  constructor(tokens: Tokens, neededKeys: () => Promise<readonly NeededKey[]>) {
    this.#tokens = tokens
    this.#neededKeys = neededKeys
  }

  /** All that is lost with a token, each key once. TOKEN_NOT_FOUND and the codes of its module. */
  async ofToken(tokenId: string): Promise<VaultUse[]> {
    const token = await this.#tokens.summary(tokenId)
    if (!token.isInitialized) return []
    const needed = await this.#on(token, await this.#neededKeys())
    const seen = await this.#seenOn(tokenId)
    // Who is logged in sees all there is: what is not seen then is gone already. Others do not see secret keys.
    const there = token.login === 'user' && seen ? needed.filter((key) => seen.some((object) => isPartOf(object, key))) : needed
    const uses = [...there.map(({ use }) => use), ...(seen ?? []).flatMap((object) => usesOf(object, needed))]
    return [...new Map(uses.map((use) => [JSON.stringify([use.kind, use.keyId]), use])).values()]
  }

  /** The objects with what they are needed for. */
  async marked(tokenId: string, objects: readonly TokenObject[]): Promise<TokenObject[]> {
    const keys = await this.#neededKeys()
    const mayBe = keys.filter((key) => objects.some((object) => isPartOf(object, key)))
    const needed = mayBe.length === 0 ? [] : await this.#on(await this.#tokens.summary(tokenId), mayBe)
    return objects.map((object) => ({ ...object, vaultUses: usesOf(object, needed) }))
  }

  /** TOKEN_OBJECT_IN_USE when a vault needs one of the objects for something else than what is given up. TOKEN_OBJECT_NOT_FOUND. */
  async requireUnused(tokenId: string, objectIds: readonly string[], givenUp: readonly VaultUseKind[] = []): Promise<void> {
    const objects: TokenObject[] = []
    for (const objectId of objectIds) objects.push(objectOf(await objectView(this.#tokens, { tokenId, objectId })))
    const marked = await this.marked(tokenId, objects)
    const use = marked.flatMap(({ vaultUses }) => vaultUses).find(({ kind }) => !givenUp.includes(kind))
    if (use) throw inUse(sentences[use.kind](use), use)
  }

  /**
   * TOKEN_OBJECT_IN_USE for the CKA_ID of a master key on that token: it would not be found beside another one. The certificate
   * of a key has the same one. `objectId`: what is to get it; a new key unless it is given.
   */
  async requireFreeId({ tokenId, objectId, idHex }: { tokenId: string; objectId?: string; idHex?: string | undefined }): Promise<void> {
    const keys = idHex === undefined ? [] : (await this.#neededKeys()).filter((key) => key.idHex === idHex && key.use.kind === 'master-key')
    if (keys.length > 0 && objectId !== undefined && !keyClasses.has(objectOf(await objectView(this.#tokens, { tokenId, objectId })).objectClass)) return
    const [taken] = keys.length === 0 ? [] : await this.#on(await this.#tokens.summary(tokenId), keys)
    if (taken) throw inUse(`This CKA_ID is that of the ${names[taken.use.kind](taken.use)}. Choose another one.`, taken.use)
  }

  /** TOKEN_OBJECT_IN_USE when a vault needs what is on the token. */
  async requireErasable(tokenId: string): Promise<void> {
    const uses = await this.ofToken(tokenId)
    const [first] = uses
    if (first) throw inUse(`Erasing this token loses what vaults need of it: ${uses.map((use) => names[use.kind](use)).join(', ')}. It is erased only when that loss is confirmed.`, first)
  }

  /**
   * Of these keys, those that are on the token. Tokens of some programs all have one serial number: then the label tells, as long
   * as the token that is meant is there.
   */
  async #on(token: TokenSummary, keys: readonly NeededKey[]): Promise<NeededKey[]> {
    const alike = keys.filter((key) => isAlike(key.token, token))
    if (alike.every((key) => key.token.label === token.label)) return alike
    const { tokens } = await this.#tokens.listTokens()
    const isElsewhere = (key: NeededKey) => tokens.some((other) => isAlike(other, key.token) && other.label === key.token.label)
    return alike.filter((key) => key.token.label === token.label || !isElsewhere(key))
  }

  /** Null for a token that cannot be read: it can still be erased. */
  async #seenOn(tokenId: string): Promise<readonly TokenObject[] | null> {
    try {
      const list = await this.#tokens.objects(tokenId)
      await list.whole()
      return list.everything()
    } catch (error) {
      if (isKmsError(error)) return null
      throw error
    }
  }
}

function usesOf(object: TokenObject, needed: readonly NeededKey[]): VaultUse[] {
  const own = needed.filter((key) => isPartOf(object, key)).map(({ use }) => use)
  const [, keyId] = (keyClasses.has(object.objectClass) && madeByVault.exec(object.label)) || []
  return own.length > 0 || keyId === undefined ? own : [{ kind: 'other-vault', keyId, aliasName: null }]
}

function isPartOf({ objectClass, idHex }: TokenObject, key: NeededKey): boolean {
  return idHex === key.idHex && key.classes.includes(objectClass)
}

/** Two modules may give one token two models; then its label tells. */
function isAlike(one: TokenName, other: TokenName): boolean {
  return one.serial === other.serial && (one.label === other.label || (one.manufacturer === other.manufacturer && one.model === other.model))
}

type Texts = Readonly<Record<VaultUseKind, (use: VaultUse) => string>>

const names: Texts = {
  'master-key': ({ keyId, aliasName }) => `master key ${aliasName ?? keyId ?? ''}`,
  'unlock-slot': () => 'a key that opens the vault',
  'other-vault': ({ keyId }) => `master key ${keyId ?? ''} of a vault that is not open`,
}

/** What depends on an object, and what to do instead. */
const sentences: Texts = {
  'master-key': (use) => `This is the ${names['master-key'](use)} of the vault. Schedule the deletion of that key instead: then it is taken off the token.`,
  'unlock-slot': () => 'This key opens the vault. Remove the token from the ways to unlock first.',
  'other-vault': (use) => `This is the ${names['other-vault'](use)}: what was encrypted with it is lost without it. Open that vault, or confirm the loss to delete it all the same.`,
}

function inUse(message: string, { kind, keyId }: VaultUse): KmsError {
  return new KmsError('TOKEN_OBJECT_IN_USE', shownText(message), { vaultUse: kind, ...(keyId !== null && { keyId }) })
}
