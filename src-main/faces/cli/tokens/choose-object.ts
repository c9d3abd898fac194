import { setTimeout } from 'node:timers/promises'
import type { TokenObject } from '../../../../src-shared/contract/tokens'
import { KmsError } from '../../../../src-shared/errors'
import type { TokenObjectClass } from '../../../../src-shared/model/tokens'
import type { CliSession } from '../session'
import { withoutControls } from '../table'
import type { ObjectChoice } from './token-options'
import { isTokenUri, objectOfUri } from './token-uris'

const rowsPerCall = 500
const readingMs = 20

/** All objects of a token that a search finds, when the token has been read. */
export async function allObjects(session: CliSession, tokenId: string, search = '', classes: TokenObjectClass[] = []): Promise<TokenObject[]> {
  const objects: TokenObject[] = []
  for (;;) {
    const answer = await session.run('listTokenObjects', { tokenId, offset: objects.length, count: rowsPerCall, search, classes })
    if (answer.read < answer.total) {
      // Rows come in their order, so what is read later may stand before what was given already.
      objects.length = 0
      await setTimeout(readingMs)
      continue
    }
    objects.push(...answer.objects)
    if (answer.objects.length === 0 || objects.length >= answer.matching) return objects
  }
}

/** The objects that a name fits: the one of this URI or with this id, else those with this label, else those with this CKA_ID. TOKEN_OBJECT_NOT_FOUND. */
export async function chooseObjects(session: CliSession, { tokenId, named, classes }: ObjectChoice): Promise<TokenObject[]> {
  if (isTokenUri(named)) return [await objectOfUri(session, { tokenId, named, classes })]
  const objects = await allObjects(session, tokenId, '', classes)
  const ways: ((object: TokenObject) => boolean)[] = [({ objectId }) => checkOf(objectId) === checkOf(named), ({ label }) => label === named, ({ idHex }) => idHex !== '' && idHex === named.toLowerCase()]
  const found = ways.map((fits) => objects.filter(fits)).find(({ length }) => length > 0)
  if (!found) throw new KmsError('TOKEN_OBJECT_NOT_FOUND', withoutControls(`There is no object ${named} on the token${classes.length > 0 ? ` of class ${classes.join(', ')}` : ''}.`))
  return found
}

/** The part of an object's id that is the same in every process; the other one is a handle. Null for other names. */
function checkOf(named: string): string | null {
  return /^[0-9a-f]{8,16}-([0-9a-f]{16})$/.exec(named)?.[1] ?? null
}

/** The one object that a name fits. TOKEN_OBJECT_NOT_FOUND; TOKEN_AMBIGUOUS with what it could be. */
export async function chooseObject(session: CliSession, choice: ObjectChoice): Promise<TokenObject> {
  const found = await chooseObjects(session, choice)
  const [object] = found
  if (!object || found.length > 1) throw ambiguousObject(choice.named, found)
  return object
}

export function ambiguousObject(named: string, found: readonly TokenObject[]): KmsError {
  const names = found.map(({ objectClass, objectId }) => `${objectClass} ${objectId}`)
  return new KmsError('TOKEN_AMBIGUOUS', withoutControls(`Several objects are called ${named}: ${names.join(', ')}. Give --class, or the id of one.`))
}
