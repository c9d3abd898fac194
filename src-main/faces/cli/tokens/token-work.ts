import { createReadStream } from 'node:fs'
import type { TokenObject, TokenSummary } from '../../../../src-shared/contract/tokens'
import { isKmsError, KmsError } from '../../../../src-shared/errors'
import type { TokenObjectClass } from '../../../../src-shared/model/tokens'
import { writeOutput } from '../chosen-output'
import type { CliSession } from '../session'
import { readAllBytes } from '../standard-input'
import { chooseObject } from './choose-object'
import { chooseToken } from './choose-token'
import { logIn, presentPin } from './pins'
import type { ObjectCommand } from './token-arguments'
import type { Output } from './token-key-arguments'
import type { TokenCall } from './token-options'

/** More than any operation takes; it says what is too long. */
const maximumInputBytes = 2 * 1024 * 1024

/** Everything that a file or standard input (`-`) has; it belongs to the caller. FILE_NOT_FOUND, LIMIT_EXCEEDED. */
export function readInput({ input }: CliSession, file: string): Promise<Uint8Array> {
  return readAllBytes(file === '-' ? input : createReadStream(file), maximumInputBytes).catch((error: unknown) => {
    throw isKmsError(error) ? error : new KmsError('FILE_NOT_FOUND', `${file} cannot be read.`, { fileName: file }, error)
  })
}

/** A result as it is, to a file for its owner only or to standard output; zeroed when it is out. */
export async function handOut(session: CliSession, result: Uint8Array, { output, force }: Output): Promise<void> {
  try {
    await (output === null || output === '-' ? session.write(result) : writeOutput(output, result, force))
  } finally {
    result.fill(0)
  }
}

/** The token that a call means, with its user logged in. */
export async function openToken(session: CliSession, { place, pins }: TokenCall): Promise<TokenSummary> {
  const token = await chooseToken(session, place)
  await logIn(session, token, pins)
  return token
}

export interface ChosenKey {
  token: TokenSummary
  object: TokenObject
  /** What a request needs: ids, and the PIN again of a key that asks each time. */
  named: { tokenId: string; objectId: string; contextPin?: Uint8Array }
}

/** The key that a command names: `usual` are the classes that it can be, in the order in which they are looked for. */
export async function openKey(session: CliSession, command: TokenCall & ObjectCommand, usual: readonly TokenObjectClass[]): Promise<ChosenKey> {
  const token = await openToken(session, command)
  const object = await keyOf(session, token.tokenId, command, usual)
  const contextPin = object.asksEachTime ? await presentPin(session, 'user PIN', token, command.pins.user) : undefined
  return { token, object, named: { tokenId: token.tokenId, objectId: object.objectId, ...(contextPin && { contextPin }) } }
}

export async function keyOf(session: CliSession, tokenId: string, { object: named, classes }: Pick<ObjectCommand, 'object' | 'classes'>, usual: readonly TokenObjectClass[]): Promise<TokenObject> {
  if (classes.length > 0) return chooseObject(session, { tokenId, named, classes })
  for (const objectClass of usual) {
    const object = await chooseObject(session, { tokenId, named, classes: [objectClass] }).catch((error: unknown) => {
      if (isKmsError(error, 'TOKEN_OBJECT_NOT_FOUND')) return null
      throw error
    })
    if (object) return object
  }
  return chooseObject(session, { tokenId, named, classes: [...usual] })
}

/** The algorithm that is asked for, else the usual one of the key. TOKEN_MECHANISM_UNSUPPORTED when it has none. */
export async function algorithmOf<A extends string, K extends 'sign' | 'verify' | 'encrypt' | 'decrypt' | 'wrap' | 'unwrap'>(session: CliSession, named: { tokenId: string; objectId: string }, use: K, asked: A | null): Promise<A> {
  if (asked !== null) return asked
  const { tokenId, objectId } = named
  const [usual] = (await session.run('listTokenKeyAlgorithms', { tokenId, objectId }))[use]
  if (usual === undefined) throw new KmsError('TOKEN_MECHANISM_UNSUPPORTED', `There is no algorithm by which this key could ${use}.`)
  return usual as string as A
}
