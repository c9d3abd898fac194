import type { TokenObject } from '../../../src-shared/contract/tokens'
import type { TokenKeyUse } from '../../../src-shared/model/tokens'
import { parseCertificate } from '../../crypto/x509/parse-certificate'
import type { MechanismView, ObjectView } from '../host/calls'
import { Attributes, objectOf, spkiOf } from '../object-view'
import { cka, mechanismFlags } from '../pkcs11'
import { tokenError } from '../token-errors'
import type { Tokens } from '../tokens'

/** A key on a token, with what is known of both before anything is asked of them. */
export interface ChosenKey {
  tokenId: string
  view: ObjectView
  object: TokenObject
  mechanisms: readonly MechanismView[]
}

/** TOKEN_OBJECT_NOT_FOUND. */
export async function chooseKey(tokens: Tokens, { tokenId, objectId }: { tokenId: string; objectId: string }): Promise<ChosenKey> {
  const view = await (await tokens.objects(tokenId)).get(objectId)
  return { tokenId, view, object: objectOf(view), mechanisms: await tokens.mechanisms(tokenId) }
}

/** TOKEN_KEY_USE_REFUSED, before the token is asked. */
export function requireUse({ object }: ChosenKey, use: TokenKeyUse): void {
  if (!object.uses.includes(use)) throw tokenError('TOKEN_KEY_USE_REFUSED')
}

/** Whether the token lists the mechanism for that use. */
export function offers(mechanisms: readonly MechanismView[], mechanism: number, use: keyof typeof mechanismFlags): boolean {
  return mechanisms.some((view) => view.mechanism === mechanism && (view.flags & mechanismFlags[use]) !== 0)
}

/** The PIN for a key that asks each time, empty where the reader asks for it; null for other keys. TOKEN_PIN_NEEDED_AGAIN. */
export async function pinForUse(tokens: Tokens, { tokenId, object }: ChosenKey, contextPin: Uint8Array | undefined): Promise<Uint8Array | null> {
  if (!object.asksEachTime) return null
  if (contextPin) return contextPin
  if ((await tokens.summary(tokenId)).hasPinPad) return new Uint8Array()
  throw tokenError('TOKEN_PIN_NEEDED_AGAIN')
}

/** The object of a class that belongs to the same key by its CKA_ID; null when there is none. */
export async function siblingOf(tokens: Tokens, { tokenId, object }: Pick<ChosenKey, 'tokenId' | 'object'>, objectClass: ObjectView['objectClass']): Promise<ObjectView | null> {
  if (object.idHex === '') return null
  const all = await (await tokens.objects(tokenId)).whole()
  return all.find((other) => other.objectClass === objectClass && new Attributes(other).hex(cka.id) === object.idHex) ?? null
}

/** The public part of a pair, of which either part is named; a secret key is its own. TOKEN_OBJECT_NOT_FOUND. */
export async function publicPartOf(tokens: Tokens, key: ChosenKey): Promise<ChosenKey> {
  if (key.object.objectClass !== 'private-key') return key
  const view = await siblingOf(tokens, key, 'public-key')
  if (!view) throw tokenError('TOKEN_OBJECT_NOT_FOUND')
  return { ...key, view, object: objectOf(view) }
}

/** SPKI of a key: its own, its public part's, or that of its certificate. TOKEN_OBJECT_NOT_FOUND. */
export async function spkiOfKey(tokens: Tokens, key: ChosenKey): Promise<Uint8Array> {
  const own = spkiOf(key.view)
  if (own) return own
  const pair = await siblingOf(tokens, key, 'public-key')
  const certificate = await siblingOf(tokens, key, 'certificate')
  const found = (pair && spkiOf(pair)) ?? (certificate && parseCertificate(new Attributes(certificate).bytes(cka.value) ?? new Uint8Array())?.publicKey)
  if (!found) throw tokenError('TOKEN_OBJECT_NOT_FOUND')
  return found
}
