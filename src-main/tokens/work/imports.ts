import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../../src-shared/errors'
import type { TokenKeyUse } from '../../../src-shared/model/tokens'
import { equalBytes, utf8 } from '../../crypto/bytes'
import type { PrivateKeyParts } from '../../crypto/key-formats/decoded-key'
import { keyCheckValue } from '../../crypto/key-check-value'
import { parseCertificate } from '../../crypto/x509/parse-certificate'
import type { Attribute, ObjectView } from '../host/calls'
import { allUses, newKeyId, privateAttributes, publicAttributes, secretAttributes, storedAttributes, usesOfType, type NewKey } from '../key-templates'
import { Attributes, refOf, spkiOf } from '../object-view'
import { cka, cko } from '../pkcs11'
import { tokenError } from '../token-errors'
import { takeIn } from '../token-objects'
import type { Tokens } from '../tokens'
import { certificateParts, keyTypeNumbers, pairParts, zeroPair } from './import-templates'

/** TOKEN_TEMPLATE_REFUSED for uses that keys of the type do not have, and for none. */
export function checkUses(keyType: keyof typeof usesOfType, uses: readonly TokenKeyUse[]): void {
  if (uses.some((use) => !usesOfType[keyType].includes(use))) throw tokenError('TOKEN_TEMPLATE_REFUSED', { templateProblem: 'use-not-possible' })
  if (uses.length === 0) throw tokenError('TOKEN_TEMPLATE_REFUSED', { templateProblem: 'no-use' })
}

/** Puts both parts of a pair on a token, both or none. `key` is borrowed. KEY_FILE_UNSUPPORTED for a kind that tokens do not have. */
export async function importTokenKey(tokens: Tokens, tokenId: string, request: NewKey, key: PrivateKeyParts): Promise<Response<'importTokenKey'>> {
  const parts = pairParts(key)
  if (!parts) throw new KmsError('KEY_FILE_UNSUPPORTED', 'The private key was not imported: tokens have RSA, EC and Ed25519 keys.')
  try {
    checkUses(parts.keyType, request.uses)
    const id = newKeyId(request.idHex)
    const keyType = { type: cka.keyType, value: keyTypeNumbers[parts.keyType] }
    const template = [{ type: cka.class, value: cko.privateKey }, keyType, ...privateAttributes(request, id), ...parts.privateOwn]
    const privateKey = await tokens.call(tokenId, 'createObject', { template })
    return { objects: await takeIn(tokens, tokenId, await withPublicPart(tokens, tokenId, privateKey, publicTemplate(request, id, parts.keyType, parts.publicOwn))) }
  } finally {
    zeroPair(parts)
  }
}

export function publicTemplate(request: Pick<NewKey, 'label' | 'uses'>, id: Uint8Array, keyType: 'RSA' | 'EC' | 'EDDSA', own: readonly Attribute[]): Attribute[] {
  return [{ type: cka.class, value: cko.publicKey }, { type: cka.keyType, value: keyTypeNumbers[keyType] }, ...publicAttributes(request, id), ...own]
}

/** Puts the public part beside a private key that was just made; when it is refused, the private key goes too. Private part first. */
export async function withPublicPart(tokens: Tokens, tokenId: string, privateKey: ObjectView, template: readonly Attribute[]): Promise<ObjectView[]> {
  try {
    return [privateKey, await tokens.call(tokenId, 'createObject', { template: [...template] })]
  } catch (error) {
    await tokens.call(tokenId, 'deleteObject', { object: refOf(privateKey) })
    throw error
  }
}

/** INVALID_PARAMETER (value) for a length that AES does not have. */
export async function importTokenSecret(tokens: Tokens, request: Request<'importTokenSecret'>): Promise<Response<'importTokenSecret'>> {
  const { tokenId, keyType, value } = request
  if (keyType === 'AES' && ![16, 24, 32].includes(value.length)) throw invalidParameter('value', 'must be 16, 24 or 32 bytes')
  checkUses(keyType, request.uses)
  if (request.asksEachTime) throw tokenError('TOKEN_TEMPLATE_REFUSED', { templateProblem: 'asks-each-time-not-possible' })
  const own = [{ type: cka.keyType, value: keyTypeNumbers[keyType] }, { type: cka.value, value }]
  const template = [{ type: cka.class, value: cko.secretKey }, ...secretAttributes(request, newKeyId(request.idHex), allUses), ...own]
  const view = await tokens.call(tokenId, 'createObject', { template })
  return { objects: await takeIn(tokens, tokenId, [view]), keyCheckValue: keyType === 'AES' ? keyCheckValue('AES', value) : null }
}

/** CERTIFICATE_INVALID. */
export async function importTokenCertificate(tokens: Tokens, { tokenId, label, idHex }: Omit<Request<'importTokenCertificate'>, 'file' | 'content'>, content: Uint8Array): Promise<Response<'importTokenCertificate'>> {
  const certificate = parseCertificate(content)
  if (!certificate) throw new KmsError('CERTIFICATE_INVALID', 'This is no certificate in DER or PEM.')
  const key = await keyOf(tokens, tokenId, certificate.publicKey)
  const name = label ?? key?.text(cka.label) ?? certificate.subject.slice(0, 256)
  const view = await putCertificate(tokens, tokenId, certificate.der, name, idHex === undefined ? (key?.bytes(cka.id) ?? new Uint8Array()) : Buffer.from(idHex, 'hex'))
  return { objects: await takeIn(tokens, tokenId, [view]) }
}

export async function putCertificate(tokens: Tokens, tokenId: string, der: Uint8Array, label: string, id: Uint8Array): Promise<ObjectView> {
  const { subject, issuer, serialNumber } = certificateParts(der)
  const own: Attribute[] = [
    { type: cka.certificateType, value: 0 },
    { type: cka.subject, value: subject },
    { type: cka.issuer, value: issuer },
    { type: cka.serialNumber, value: serialNumber },
    { type: cka.value, value: der },
  ]
  return tokens.call(tokenId, 'createObject', { template: [{ type: cka.class, value: cko.certificate }, ...storedAttributes(label, id, false), ...own] })
}

/** The key on the token that has this public key. */
async function keyOf(tokens: Tokens, tokenId: string, spki: Uint8Array): Promise<Attributes | null> {
  const all = await (await tokens.objects(tokenId)).whole()
  const found = all.find((view) => {
    const own = view.objectClass === 'private-key' || view.objectClass === 'public-key' ? spkiOf(view) : null
    return own !== null && equalBytes(own, spki)
  })
  return found ? new Attributes(found) : null
}

export async function importTokenData(tokens: Tokens, { tokenId, label, application, isPrivate }: Omit<Request<'importTokenData'>, 'file' | 'content'>, content: Uint8Array): Promise<Response<'importTokenData'>> {
  // Data has no CKA_ID.
  const stored = storedAttributes(label, new Uint8Array(), isPrivate).filter(({ type }) => type !== cka.id)
  const own = [{ type: cka.application, value: utf8(application) }, { type: cka.value, value: content }]
  const view = await tokens.call(tokenId, 'createObject', { template: [{ type: cka.class, value: cko.data }, ...stored, ...own] })
  return { objects: await takeIn(tokens, tokenId, [view]) }
}

