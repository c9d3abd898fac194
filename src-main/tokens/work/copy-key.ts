import type { Request, Response } from '../../../src-shared/contract/operations'
import type { TokenWrapAlgorithm } from '../../../src-shared/model/token-work'
import { isKmsError } from '../../../src-shared/errors'
import type { Attribute, MechanismUse, ObjectView } from '../host/calls'
import { newKeyId, type NewKey } from '../key-templates'
import { Attributes, refOf } from '../object-view'
import { cka, ckk, cko, ckm } from '../pkcs11'
import { tokenError } from '../token-errors'
import { takeIn } from '../token-objects'
import { temporaryName } from '../temporary-name'
import type { Tokens } from '../tokens'
import { chooseKey, offers, siblingOf, type ChosenKey } from './chosen-key'
import { keyTypeNumbers, publicOwnOf } from './import-templates'
import { publicTemplate, withPublicPart } from './imports'
import { oaepUseOf } from './oaep-work'
import { requiredUse, requireExtractable, unwrapTemplate, wrapUse } from './wrapping'

/** Two keys of the same value, one on each token, under which a key travels. */
interface Carrier {
  algorithm: TokenWrapAlgorithm
  source: ObjectView
  target: ObjectView
  wrap: MechanismUse
  unwrap: MechanismUse
}

const algorithms = ['AES_KEY_WRAP_PAD', 'AES_KEY_WRAP'] as const

/**
 * What the tokens cannot do is refused with TOKEN_MECHANISM_UNSUPPORTED before anything is made; keys that are made for the
 * way are deleted at its end, and end with the session in any case.
 */
export async function copyTokenKey(tokens: Tokens, request: Request<'copyTokenKey'>): Promise<Response<'copyTokenKey'>> {
  const { tokenId, targetTokenId, targetUserPin, wrapping } = request
  if (targetUserPin && (await tokens.summary(targetTokenId)).login !== 'user') await tokens.logIn(targetTokenId, 'user', targetUserPin)
  const key = await chooseKey(tokens, request)
  requireExtractable(key)
  const made: { tokenId: string; view: ObjectView }[] = []
  try {
    const carrier = wrapping ? await sharedCarrier(tokens, request, wrapping) : await temporaryCarrier(tokens, tokenId, targetTokenId, made)
    return { objects: await travel(tokens, key, request, carrier) }
  } finally {
    for (const { tokenId: at, view } of made) await tokens.call(at, 'deleteObject', { object: refOf(view) }).catch(() => undefined)
  }
}

async function travel(tokens: Tokens, key: ChosenKey, { tokenId, targetTokenId, isExtractable }: Request<'copyTokenKey'>, { source, target, wrap, unwrap }: Carrier) {
  const { label, idHex, keyType, asksEachTime } = key.object
  if (keyType === null || keyType === 'OTHER') throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  const pair = await siblingOf(tokens, key, 'public-key')
  const uses = [...key.object.uses, ...(pair ? usesOf(pair) : [])]
  const copy: NewKey = { label, uses, isSensitive: true, isExtractable, asksEachTime }
  const id = newKeyId(idHex)
  const wrapped = await tokens.call(tokenId, 'wrapKey', { ...wrap, wrappingKey: refOf(source), key: refOf(key.view) })
  const view = await tokens.call(targetTokenId, 'unwrapKey', { ...unwrap, unwrappingKey: refOf(target), wrapped, template: unwrapTemplate(copy, id, keyType) })
  const own = keyType === 'AES' || keyType === 'GENERIC' ? null : publicOwnOf(pair ?? key.view)
  const views = own && keyType !== 'AES' && keyType !== 'GENERIC' ? await withPublicPart(tokens, targetTokenId, view, publicTemplate(copy, id, keyType, own)) : [view]
  return takeIn(tokens, targetTokenId, views)
}

function usesOf(pair: ObjectView): NewKey['uses'] {
  const attributes = new Attributes(pair)
  return (['encrypt', 'verify', 'wrap'] as const).filter((use) => attributes.flag(cka[use]) === true)
}

async function sharedCarrier(tokens: Tokens, { tokenId, targetTokenId }: Request<'copyTokenKey'>, { objectId, targetObjectId }: { objectId: string; targetObjectId: string }): Promise<Carrier> {
  const source = await chooseKey(tokens, { tokenId, objectId })
  const target = await chooseKey(tokens, { tokenId: targetTokenId, objectId: targetObjectId })
  const algorithm = algorithms.find((name) => wrapUse(name, source.mechanisms, 'wrap') && wrapUse(name, target.mechanisms, 'unwrap'))
  if (!algorithm) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  return { algorithm, source: source.view, target: target.view, wrap: requiredUse(source, algorithm, 'wrap'), unwrap: requiredUse(target, algorithm, 'unwrap') }
}

/** An AES key of the source, which the target gets under a pair of its own. */
async function temporaryCarrier(tokens: Tokens, sourceId: string, targetId: string, made: { tokenId: string; view: ObjectView }[]): Promise<Carrier> {
  const [sourceOffers, targetOffers] = [await tokens.mechanisms(sourceId), await tokens.mechanisms(targetId)]
  const algorithm = algorithms.find((name) => wrapUse(name, sourceOffers, 'wrap') && wrapUse(name, targetOffers, 'unwrap'))
  const [wrap, unwrap] = algorithm ? [wrapUse(algorithm, sourceOffers, 'wrap'), wrapUse(algorithm, targetOffers, 'unwrap')] : []
  const canTravel = offers(sourceOffers, ckm.aesKeyGen, 'generate') && offers(sourceOffers, ckm.rsaPkcsOaep, 'wrap') && offers(targetOffers, ckm.rsaKeyPairGen, 'generate-pair') && offers(targetOffers, ckm.rsaPkcsOaep, 'unwrap')
  if (!algorithm || !wrap || !unwrap || !canTravel) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  const name = temporaryName()
  const temporary: Attribute[] = [...name, { type: cka.private, value: true }]
  const keep = (tokenId: string, view: ObjectView) => (made.push({ tokenId, view }), view)

  const pair = await tokens.call(targetId, 'generateKeyPair', {
    mechanism: ckm.rsaKeyPairGen,
    parameters: { kind: 'none' },
    publicTemplate: [{ type: cka.class, value: cko.publicKey }, ...name, { type: cka.modulusBits, value: 3072 }, { type: cka.publicExponent, value: Uint8Array.of(1, 0, 1) }, { type: cka.wrap, value: true }],
    privateTemplate: [{ type: cka.class, value: cko.privateKey }, ...temporary, { type: cka.sensitive, value: true }, { type: cka.extractable, value: false }, { type: cka.unwrap, value: true }],
  })
  keep(targetId, pair.publicKey)
  const privateKey = keep(targetId, pair.privateKey)
  const ownOfPublicKey = publicOwnOf(pair.publicKey) ?? []
  const makePublicKey = () => tokens.call(sourceId, 'createObject', { template: [{ type: cka.class, value: cko.publicKey }, { type: cka.keyType, value: ckk.rsa }, ...name, { type: cka.wrap, value: true }, ...ownOfPublicKey] })
  const aes = (more: readonly Attribute[]) => [{ type: cka.class, value: cko.secretKey }, { type: cka.keyType, value: keyTypeNumbers.AES }, ...temporary, { type: cka.sensitive, value: true }, ...more]
  const makeSource = () => tokens.call(sourceId, 'generateKey', { mechanism: ckm.aesKeyGen, parameters: { kind: 'none' }, template: aes([{ type: cka.valueLen, value: 32 }, { type: cka.extractable, value: true }, { type: cka.wrap, value: true }]) })
  const template = aes([{ type: cka.extractable, value: false }, { type: cka.unwrap, value: true }])
  const { source, target } = await underPair(async (use) => {
    // Objects of a session end with it, and a token that refuses has its session changed: so they are made for each try.
    const publicKey = keep(sourceId, await makePublicKey())
    const carrier = keep(sourceId, await makeSource())
    const wrapped = await tokens.call(sourceId, 'wrapKey', { ...use, wrappingKey: refOf(publicKey), key: refOf(carrier) })
    return { source: carrier, target: keep(targetId, await tokens.call(targetId, 'unwrapKey', { ...use, unwrappingKey: refOf(privateKey), wrapped, template })) }
  })
  return { algorithm, source, target, wrap, unwrap }
}

/** With SHA-1, which every token knows and on whose weakness OAEP does not rest; with SHA-256 where that is not allowed any more. */
async function underPair<T>(send: (use: MechanismUse) => Promise<T>): Promise<T> {
  try {
    return await send(oaepUseOf('RSA_OAEP_SHA_1'))
  } catch (error) {
    if (!isKmsError(error, 'TOKEN_MECHANISM_UNSUPPORTED')) throw error
    return send(oaepUseOf('RSA_OAEP_SHA_256'))
  }
}
