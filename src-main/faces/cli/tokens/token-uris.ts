import type { TokenObject } from '../../../../src-shared/contract/tokens'
import { KmsError } from '../../../../src-shared/errors'
import { UsageError } from '../argument-values'
import type { CliSession } from '../session'
import type { ObjectChoice } from './token-options'

const objectAttribute = /^(?:object|type|id)=/

/** Whether this is a PKCS#11 URI (RFC 7512). UsageError for one that has a PIN in it. */
export function isTokenUri(named: string): boolean {
  if (!/^pkcs11:/i.test(named)) return false
  if (/[?&]pin-value(?:=|&|$)/i.test(named)) throw new UsageError('a PIN is never an argument, nor part of a URI: other programs can read arguments, and the shell keeps them. Give the URI without its pin-value')
  return true
}

/** The URI of the token that this URI names, or on which the object is that it names. Its query is not followed. */
export function tokenPartOf(uri: string): string {
  const [path = ''] = uri.slice('pkcs11:'.length).split('?')
  return `pkcs11:${path.split(';').filter((part) => !objectAttribute.test(part)).join(';')}`
}

/** The object that a URI names on this token, once its user is logged in where that is needed. TOKEN_OBJECT_NOT_FOUND, TOKEN_AMBIGUOUS. */
export async function objectOfUri(session: CliSession, { tokenId, named, classes }: ObjectChoice): Promise<TokenObject> {
  const { token, object } = await session.run('resolveTokenUri', { uri: named })
  if (object && token.tokenId === tokenId && (classes.length === 0 || classes.includes(object.objectClass))) return object
  throw new KmsError('TOKEN_OBJECT_NOT_FOUND', `The URI names no object of the token${classes.length > 0 ? ` of class ${classes.join(', ')}` : ''}.`)
}
