import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import { toPem } from '../crypto/spki'
import { utf8 } from '../crypto/bytes'
import type { Attribute, ObjectView } from './host/calls'
import { generateWith } from './generate-key'
import { keyTemplates, newKeyId, previewOf, templateProblems } from './key-templates'
import { Attributes, attributeRow, objectIdOf, objectOf, refOf, spkiOf } from './object-view'
import { cka } from './pkcs11'
import { tokenError } from './token-errors'
import { pkcs11Uri, uriTypes } from './token-uri'
import type { Tokens } from './tokens'

type ObjectRequest = Request<'getTokenObject'>

export async function listTokenObjects(tokens: Tokens, request: Request<'listTokenObjects'>): Promise<Response<'listTokenObjects'>> {
  return (await tokens.objects(request.tokenId, request.refresh)).window(request)
}

/** What is read of an object. TOKEN_OBJECT_NOT_FOUND. */
export async function objectView(tokens: Tokens, { tokenId, objectId }: Pick<ObjectRequest, 'tokenId' | 'objectId'>): Promise<ObjectView> {
  return (await tokens.objects(tokenId)).get(objectId)
}

export async function getTokenObject(tokens: Tokens, request: ObjectRequest): Promise<Response<'getTokenObject'>> {
  const view = await objectView(tokens, request)
  const [object, token] = [objectOf(view), await tokens.summary(request.tokenId)]
  const isCertificate = view.objectClass === 'certificate'
  // Values of keys and data are not read for a list of attributes.
  const rows = view.attributes.filter(({ type }) => isCertificate || type !== cka.value)
  const spki = spkiOf(view) ?? (await pairedSpki(tokens, request.tokenId, view))
  return {
    object,
    attributes: rows.map(({ type, value }) => attributeRow(type, value)),
    publicKeyPem: spki && toPem('PUBLIC KEY', spki),
    certificatePem: isCertificate ? toPem('CERTIFICATE', new Attributes(view).bytes(cka.value) ?? new Uint8Array()) : null,
    uri: pkcs11Uri({ serial: token.serial, token: token.label, object: object.label, type: uriTypes[view.objectClass] ?? '', id: Buffer.from(object.idHex, 'hex') }),
  }
}

/** The public key of the pair to which a private key belongs: the object with its CKA_ID. */
export async function pairedSpki(tokens: Tokens, tokenId: string, view: ObjectView): Promise<Uint8Array | null> {
  const id = new Attributes(view).hex(cka.id)
  if (view.objectClass !== 'private-key' || id === '') return null
  const candidates = (await (await tokens.objects(tokenId)).whole()).filter(({ objectClass }) => objectClass === 'public-key')
  const pair = candidates.find((other) => new Attributes(other).hex(cka.id) === id)
  return pair ? spkiOf(pair) : null
}

/** Gives an object another label or CKA_ID. INVALID_PARAMETER when neither is given. */
export async function renameTokenObject(tokens: Tokens, request: Request<'renameTokenObject'>): Promise<Response<'renameTokenObject'>> {
  const { tokenId, objectId, label, idHex } = request
  const attributes: Attribute[] = []
  if (label !== undefined) attributes.push({ type: cka.label, value: utf8(label) })
  if (idHex !== undefined) attributes.push({ type: cka.id, value: Buffer.from(idHex, 'hex') })
  if (attributes.length === 0) throw invalidParameter('label', 'a label or an id is needed')
  const list = await tokens.objects(tokenId)
  const object = await list.get(objectId)
  const view = await tokens.call(tokenId, 'setAttributes', { object: refOf(object), attributes })
  list.put(view, objectIdOf(object))
  tokens.objectsChanged(tokenId)
  return { object: objectOf(view) }
}

/** Deletes one after the other; what was deleted before one is refused stays deleted. */
export async function deleteTokenObjects(tokens: Tokens, { tokenId, objectIds }: Pick<Request<'deleteTokenObjects'>, 'tokenId' | 'objectIds'>): Promise<Response<'deleteTokenObjects'>> {
  const list = await tokens.objects(tokenId)
  try {
    for (const objectId of objectIds) {
      const object = await list.get(objectId)
      await tokens.call(tokenId, 'deleteObject', { object: refOf(object) })
      list.remove(objectIdOf(object))
    }
  } finally {
    tokens.objectsChanged(tokenId)
  }
  return { deleted: objectIds.length }
}

export async function previewTokenKey(tokens: Tokens, request: Request<'previewTokenKey'>): Promise<Response<'previewTokenKey'>> {
  const problems = templateProblems(request, await tokens.mechanisms(request.tokenId))
  return { ...previewOf(keyTemplates(request, newKeyId(request.idHex))), problems }
}

/** TOKEN_TEMPLATE_REFUSED, before the token is asked, for what it does not offer or what makes no sense. */
export async function generateTokenKey(tokens: Tokens, request: Request<'generateTokenKey'>): Promise<Response<'generateTokenKey'>> {
  return { objects: await takeIn(tokens, request.tokenId, await makeKey(tokens, request)) }
}

/** Makes a key that is not listed yet, a private key before its public key. TOKEN_TEMPLATE_REFUSED as generateTokenKey(). */
export async function makeKey(tokens: Tokens, request: Request<'generateTokenKey'>): Promise<ObjectView[]> {
  const { tokenId } = request
  const fatal = templateProblems(request, await tokens.mechanisms(tokenId)).find(({ isFatal }) => isFatal)
  if (fatal) throw tokenError('TOKEN_TEMPLATE_REFUSED', { templateProblem: fatal.problem })
  return generateWith({ secret: (made) => tokens.call(tokenId, 'generateKey', made), pair: (made) => tokens.call(tokenId, 'generateKeyPair', made) }, request)
}

/** Lists what was made. It is there whether it can be listed or not, so nothing fails here. */
export async function takeIn(tokens: Tokens, tokenId: string, views: readonly ObjectView[]): Promise<ReturnType<typeof objectOf>[]> {
  try {
    const list = await tokens.objects(tokenId)
    for (const view of views) list.put(view)
  } catch {
    tokens.forgetObjects(tokenId)
  }
  tokens.objectsChanged(tokenId)
  return views.map(objectOf)
}
