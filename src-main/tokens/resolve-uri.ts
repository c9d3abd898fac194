import type { Request, Response } from '../../src-shared/contract/operations'
import type { TokenObject, TokenSummary } from '../../src-shared/contract/tokens'
import { invalidParameter } from '../../src-shared/errors'
import { equalBytes } from '../crypto/bytes'
import type { ModuleInfo } from './host/calls'
import { tokenError } from './token-errors'
import { parsePkcs11Uri, uriTypes } from './token-uri'
import type { Tokens } from './tokens'

type UriAttributes = ReadonlyMap<string, Uint8Array>

const ofToken: Readonly<Record<string, (token: TokenSummary) => string>> = {
  token: ({ label }) => label,
  serial: ({ serial }) => serial,
  manufacturer: ({ manufacturer }) => manufacturer,
  model: ({ model }) => model,
  'slot-description': ({ slotDescription }) => slotDescription,
  'slot-id': ({ slotId }) => String(slotId),
}
const ofModule: Readonly<Record<string, (info: ModuleInfo) => string>> = {
  'library-manufacturer': ({ manufacturer }) => manufacturer,
  'library-description': ({ description }) => description,
  'library-version': ({ libraryVersion }) => libraryVersion,
}
const ofObject: Readonly<Record<string, (object: TokenObject, wanted: Uint8Array) => boolean>> = {
  object: ({ label }, wanted) => label === textOf(wanted),
  type: ({ objectClass }, wanted) => uriTypes[objectClass] === textOf(wanted),
  id: ({ idHex }, wanted) => equalBytes(Buffer.from(idHex, 'hex'), wanted),
}

/**
 * The one token, or the one object, that a URI names; the user is logged in with the PIN first where an object is meant.
 * INVALID_PARAMETER (uri) for what is none, and for attributes that are not known: to pass them over would be to take another
 * object for the one that was meant. TOKEN_NOT_FOUND, TOKEN_OBJECT_NOT_FOUND, TOKEN_AMBIGUOUS.
 */
export async function resolveTokenUri(tokens: Tokens, { uri, userPin }: Request<'resolveTokenUri'>): Promise<Response<'resolveTokenUri'>> {
  const attributes = parsePkcs11Uri(uri)
  if (!attributes) throw invalidParameter('uri', 'must be a PKCS#11 URI')
  const known = { ...ofToken, ...ofModule, ...ofObject }
  const names = [...attributes.keys()].filter((name) => !name.startsWith('x-'))
  if (names.some((name) => !Object.hasOwn(known, name))) throw invalidParameter('uri', 'has an attribute that is not known')
  const token = await tokenOf(tokens, attributes)
  if (!names.some((name) => Object.hasOwn(ofObject, name))) return { token, object: null }
  const { tokenId } = token
  if (userPin && token.login !== 'user') await tokens.logIn(tokenId, 'user', userPin)
  const list = await tokens.objects(tokenId)
  await list.whole()
  const object = single(list.everything().filter((candidate) => names.every((name) => ofObject[name]?.(candidate, attributes.get(name) ?? new Uint8Array()) ?? true)), 'TOKEN_OBJECT_NOT_FOUND')
  return { token: await tokens.summary(tokenId), object }
}

async function tokenOf(tokens: Tokens, attributes: UriAttributes): Promise<TokenSummary> {
  const fits = (name: string, value: string) => !attributes.has(name) || textOf(attributes.get(name) ?? new Uint8Array()) === value
  const { tokens: all } = await tokens.listTokens()
  const candidates: TokenSummary[] = []
  for (const token of all.filter(({ isInitialized }) => isInitialized)) {
    const info = await tokens.module(token.moduleId).open()
    const isMeant = Object.entries(ofToken).every(([name, read]) => fits(name, read(token))) && Object.entries(ofModule).every(([name, read]) => fits(name, read(info)))
    if (isMeant) candidates.push(token)
  }
  return single(candidates, 'TOKEN_NOT_FOUND')
}

function single<T>(found: readonly T[], code: 'TOKEN_NOT_FOUND' | 'TOKEN_OBJECT_NOT_FOUND'): T {
  const [first] = found
  if (first === undefined) throw tokenError(code)
  if (found.length > 1) throw tokenError('TOKEN_AMBIGUOUS')
  return first
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
