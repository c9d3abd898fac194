import type { Response } from '../../../../src-shared/contract/operations'
import { isKmsError, KmsError } from '../../../../src-shared/errors'
import { responseToKms } from '../../kms/response-mapping'
import { passphraseSource } from '../passphrase'
import { hasTerminal } from '../terminal'
import type { CliSession } from '../session'
import { chooseToken, knownModule } from './choose-token'
import { logIn } from './pins'
import type { ObjectCommand } from './token-arguments'
import type { CopyCommand, ImportCommand, Output, UnwrapCommand, WrapCommand } from './token-key-arguments'
import type { TokenCall } from './token-options'
import { algorithmOf, handOut, keyOf, openKey, openToken, readInput } from './token-work'

const holders = ['secret-key', 'private-key'] as const

/** Puts what a file has onto the token. */
export async function runTokenImport(session: CliSession, command: TokenCall & ImportCommand): Promise<void> {
  const content = await readInput(session, command.file)
  try {
    const { tokenId } = await openToken(session, command)
    session.print(JSON.stringify(await importContent(session, tokenId, command, content)))
  } finally {
    content.fill(0)
  }
}

async function importContent(session: CliSession, tokenId: string, { content: what, passwordFile }: ImportCommand, content: Uint8Array): Promise<object> {
  switch (what.kind) {
    case 'private-key':
      return responseToKms('importTokenKey', await importKey(session, { tokenId, ...what.key }, content, passwordFile))
    case 'secret-key':
      return responseToKms('importTokenSecret', await session.run('importTokenSecret', { tokenId, keyType: what.keyType, value: content, ...what.key }))
    case 'certificate': {
      const { label, idHex } = what
      return responseToKms('importTokenCertificate', await session.run('importTokenCertificate', { tokenId, content, ...(label !== null && { label }), ...(idHex !== null && { idHex }) }))
    }
    case 'data': {
      const { label, application, isPrivate } = what
      return responseToKms('importTokenData', await session.run('importTokenData', { tokenId, content, label, isPrivate, ...(application !== null && { application }) }))
    }
  }
}

/** The passphrase is asked for when the file turns out to need one. */
async function importKey(session: CliSession, key: { tokenId: string } & Extract<ImportCommand['content'], { kind: 'private-key' }>['key'], content: Uint8Array, passwordFile: string | null): Promise<Response<'importTokenKey'>> {
  // Bytes of a request are zeroed after the call, so each try has its own.
  const attempt = (passphrase: Uint8Array | null) => session.run('importTokenKey', { ...key, content: content.slice(), ...(passphrase !== null && { passphrase }) })
  try {
    return await attempt(passwordFile === null ? null : await passphraseSource(passwordFile)(''))
  } catch (error) {
    if (!isKmsError(error, 'KEY_FILE_PASSPHRASE') || passwordFile !== null || !(await hasTerminal())) throw error
    return attempt(await passphraseSource(null)('Passphrase of the key file: '))
  }
}

/** Hands out what may leave the token as it is. */
export async function runTokenExport(session: CliSession, command: TokenCall & ObjectCommand & Output & { format: 'PEM' | 'DER' }): Promise<void> {
  const token = await chooseToken(session, command.place)
  if (!command.publicOnly) await logIn(session, token, command.pins)
  const { objectId } = await keyOf(session, token.tokenId, command, ['certificate', 'public-key', 'data', 'secret-key', 'private-key'])
  const { content } = await session.run('exportTokenObject', { tokenId: token.tokenId, objectId, format: command.format })
  await handOut(session, content ?? new Uint8Array(), command)
}

/** Hands out a key, encrypted under another one. */
export async function runTokenWrap(session: CliSession, command: TokenCall & WrapCommand): Promise<void> {
  const { tokenId } = await openToken(session, command)
  const { objectId } = await keyOf(session, tokenId, command, holders)
  const { objectId: wrappingObjectId } = await keyOf(session, tokenId, { object: command.wrapping, classes: [] }, ['secret-key', 'public-key'])
  const algorithm = await algorithmOf(session, { tokenId, objectId: wrappingObjectId }, 'wrap', command.algorithm)
  const { wrapped } = await session.run('wrapTokenKey', { tokenId, objectId, wrappingObjectId, algorithm })
  await handOut(session, wrapped, command)
}

export async function runTokenUnwrap(session: CliSession, command: TokenCall & UnwrapCommand): Promise<void> {
  const wrapped = await readInput(session, command.file)
  const { tokenId } = await openToken(session, command)
  const { objectId: unwrappingObjectId } = await keyOf(session, tokenId, { object: command.unwrapping, classes: [] }, holders)
  const algorithm = await algorithmOf(session, { tokenId, objectId: unwrappingObjectId }, 'unwrap', command.algorithm)
  const answer = await session.run('unwrapTokenKey', { tokenId, unwrappingObjectId, algorithm, wrapped, keyType: command.keyType, ...command.key })
  session.print(JSON.stringify(responseToKms('unwrapTokenKey', answer)))
}

/** Takes an extractable key to another token. */
export async function runTokenCopy(session: CliSession, command: TokenCall & CopyCommand): Promise<void> {
  const { place, pins, target, targetPin, wrapping, isExtractable } = command
  const { token, object } = await openKey(session, command, holders)
  const to = await chooseToken(session, { ...place, token: target })
  await logIn(session, to, { ...pins, user: targetPin })
  const [tokenId, targetTokenId] = [token.tokenId, to.tokenId]
  const under = async (on: string) => (await keyOf(session, on, { object: wrapping ?? '', classes: [] }, ['secret-key'])).objectId
  const between = wrapping === null ? null : { objectId: await under(tokenId), targetObjectId: await under(targetTokenId) }
  const answer = await session.run('copyTokenKey', { tokenId, objectId: object.objectId, targetTokenId, isExtractable, ...(between && { wrapping: between }) })
  session.print(JSON.stringify(responseToKms('copyTokenKey', answer)))
}

/** What the file of a module and the module are; with `--token` what that token really does. */
export async function runModuleExamine(session: CliSession, command: TokenCall & { file: string }): Promise<void> {
  const module = await knownModule(session, command.file, command.place.parameters)
  if (!module) throw new KmsError('TOKEN_MODULE_NOT_FOUND', 'No such module is allowed. "keystead token module list" shows those that are.', { fileName: command.file })
  const token = command.place.token === null ? null : await openToken(session, command)
  const answer = await session.run('examineTokenModule', { moduleId: module.moduleId, ...(token && { tokenId: token.tokenId }) })
  session.print(JSON.stringify(responseToKms('examineTokenModule', answer), null, 2))
}
