import type { Request, Response } from '../../../src-shared/contract/operations'
import type { TokenWrapAlgorithm } from '../../../src-shared/model/token-work'
import type { Attribute, MechanismUse, MechanismView, ObjectView } from '../host/calls'
import { allUses, newKeyId, privateAttributes, secretAttributes, type NewKey } from '../key-templates'
import { refOf } from '../object-view'
import { cka, cko, ckm } from '../pkcs11'
import { tokenError } from '../token-errors'
import { takeIn } from '../token-objects'
import type { Tokens } from '../tokens'
import { chooseKey, offers, requireUse, type ChosenKey } from './chosen-key'
import { kept } from './exports'
import { keyTypeNumbers, publicOwnOf } from './import-templates'
import { checkUses, publicTemplate, withPublicPart } from './imports'
import { oaepUseOf } from './oaep-work'

const none = { kind: 'none' } as const

/** How a token wraps or unwraps; null when it does not. Padded wrapping has two numbers. */
export function wrapUse(algorithm: TokenWrapAlgorithm, mechanisms: readonly MechanismView[], use: 'wrap' | 'unwrap'): MechanismUse | null {
  const candidates: MechanismUse[] =
    algorithm === 'AES_KEY_WRAP'
      ? [{ mechanism: ckm.aesKeyWrap, parameters: none }]
      : algorithm === 'AES_KEY_WRAP_PAD'
        ? [{ mechanism: ckm.aesKeyWrapKwp, parameters: none }, { mechanism: ckm.aesKeyWrapPad, parameters: none }]
        : [oaepUseOf(algorithm)]
  return candidates.find(({ mechanism }) => offers(mechanisms, mechanism, use)) ?? null
}

/** As wrapUse() for a key of the token. */
export function wrapUseOf({ object, mechanisms }: ChosenKey, algorithm: TokenWrapAlgorithm, use: 'wrap' | 'unwrap'): MechanismUse | null {
  const keyType = algorithm.startsWith('AES') ? 'AES' : 'RSA'
  return object.keyType === keyType ? wrapUse(algorithm, mechanisms, use) : null
}

/** TOKEN_KEY_NOT_EXTRACTABLE, TOKEN_KEY_USE_REFUSED and TOKEN_MECHANISM_UNSUPPORTED before the token is asked. */
export async function wrapTokenKey(tokens: Tokens, request: Request<'wrapTokenKey'>): Promise<Response<'wrapTokenKey'>> {
  const { tokenId, algorithm } = request
  const key = await chooseKey(tokens, request)
  const wrapping = await chooseKey(tokens, { tokenId, objectId: request.wrappingObjectId })
  requireExtractable(key)
  const use = requiredUse(wrapping, algorithm, 'wrap')
  return { wrapped: await tokens.call(tokenId, 'wrapKey', { ...use, wrappingKey: refOf(wrapping.view), key: refOf(key.view) }) }
}

/** Also for keys that are sensitive: wrapped they may leave. */
export function requireExtractable({ object }: ChosenKey): void {
  if (object.isExtractable === null) throw tokenError('TOKEN_KEY_USE_REFUSED')
  if (!object.isExtractable) throw kept('not-extractable')
}

export function requiredUse(key: ChosenKey, algorithm: TokenWrapAlgorithm, use: 'wrap' | 'unwrap'): MechanismUse {
  requireUse(key, use)
  const found = wrapUseOf(key, algorithm, use)
  if (!found) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  return found
}

/** TOKEN_CIPHERTEXT_REFUSED when it was not wrapped under this key. */
export async function unwrapTokenKey(tokens: Tokens, request: Request<'unwrapTokenKey'>): Promise<Response<'unwrapTokenKey'>> {
  const { tokenId, keyType, uses, wrapped, algorithm } = request
  checkUses(keyType, uses)
  const unwrapping = await chooseKey(tokens, { tokenId, objectId: request.unwrappingObjectId })
  const use = requiredUse(unwrapping, algorithm, 'unwrap')
  const id = newKeyId(request.idHex)
  const view = await tokens.call(tokenId, 'unwrapKey', { ...use, unwrappingKey: refOf(unwrapping.view), wrapped, template: unwrapTemplate(request, id, keyType) })
  return { objects: await takeIn(tokens, tokenId, await withReadPublicPart(tokens, tokenId, view, request, id)) }
}

export function unwrapTemplate(request: NewKey, id: Uint8Array, keyType: keyof typeof keyTypeNumbers): Attribute[] {
  const isSecret = keyType === 'AES' || keyType === 'GENERIC'
  const own = [{ type: cka.class, value: isSecret ? cko.secretKey : cko.privateKey }, { type: cka.keyType, value: keyTypeNumbers[keyType] }]
  return [...own, ...(isSecret ? secretAttributes(request, id, allUses) : privateAttributes(request, id))]
}

/** Private keys of RSA carry their public part, from which its object is made. */
async function withReadPublicPart(tokens: Tokens, tokenId: string, view: ObjectView, request: NewKey, id: Uint8Array): Promise<ObjectView[]> {
  const own = view.objectClass === 'private-key' ? publicOwnOf(view) : null
  return own ? withPublicPart(tokens, tokenId, view, publicTemplate(request, id, 'RSA', own)) : [view]
}
