import type { TokenModuleView, TokenObject, TokenSummary } from '../../../../src-shared/contract/tokens'
import { responseToKms } from '../../kms/response-mapping'
import type { CliSession } from '../session'
import { tableLines } from '../table'
import { allObjects, chooseObject } from './choose-object'
import { chooseToken, problemLine, throwFirst, tokensOf } from './choose-token'
import { logIn, pinStateTexts } from './pins'
import type { ObjectCommand, ObjectsCommand } from './token-arguments'
import type { TokenCall } from './token-options'
import { isTokenUri } from './token-uris'

type Listed = TokenCall & { json: boolean }
type Rows = readonly (readonly string[])[]

function printTable(session: CliSession, titles: readonly string[], rows: Rows): void {
  for (const line of tableLines(titles, rows)) session.print(line)
}

/** One JSON object a line, named as the KMS API does. */
function printEach(session: CliSession, rows: unknown): void {
  for (const row of Array.isArray(rows) ? (rows as unknown[]) : []) session.print(JSON.stringify(row))
}

/** The tokens that are there. Modules that cannot be asked are messages, and the error when there is no token at all. */
export async function runTokenList(session: CliSession, { place, json }: Listed): Promise<void> {
  const all = await tokensOf(session, place)
  const tokens = place.token === null ? all.tokens : isTokenUri(place.token) ? [await chooseToken(session, place)] : all.tokens.filter(({ tokenId, label, serial }) => [tokenId, label, serial].includes(place.token ?? ''))
  if (tokens.length === 0) throwFirst(all.problems)
  for (const problem of all.problems) session.messages.write(`${problemLine(problem)}\n`)
  if (json) return printEach(session, responseToKms('listTokens', { tokens, problems: [], emptySlots: 0 })['Tokens'])
  const rows = tokens.map((token) => [token.label, token.serial, token.model, kindOf(token), pinStateTexts[token.userPin], token.moduleName, token.tokenId])
  printTable(session, ['LABEL', 'SERIAL', 'MODEL', 'KIND', 'USER PIN', 'MODULE', 'ID'], rows)
}

function kindOf({ isSoftware, isInitialized }: TokenSummary): string {
  return [isSoftware ? 'software, for trying out' : 'hardware', ...(isInitialized ? [] : ['not initialised'])].join(', ')
}

export async function runTokenInfo(session: CliSession, { place, json }: Listed): Promise<void> {
  const token = await chooseToken(session, place)
  if (json) return session.print(JSON.stringify(responseToKms('logOutOfToken', { token })['Token']))
  const yes = (value: boolean) => (value ? 'yes' : 'no')
  printTable(session, ['PROPERTY', 'VALUE'], [
    ['label', token.label],
    ['serial number', token.serial],
    ['id', token.tokenId],
    ['kind', kindOf(token)],
    ['manufacturer', token.manufacturer],
    ['model', token.model],
    ['hardware, firmware', `${token.hardwareVersion}, ${token.firmwareVersion}`],
    ['slot', `${token.slotId} ${token.slotDescription}`],
    ['module', token.moduleName],
    ['user PIN', pinStateTexts[token.userPin]],
    ['SO PIN', pinStateTexts[token.soPin]],
    ['length of PINs', `${token.minPinBytes} to ${token.maxPinBytes} bytes`],
    ['PIN pad', yes(token.hasPinPad)],
    ['removable', yes(token.isRemovable)],
    ['write-protected', yes(token.isWriteProtected)],
    ['URI', token.uri],
  ])
}

export async function runTokenMechanisms(session: CliSession, { place, json }: Listed): Promise<void> {
  const { tokenId } = await chooseToken(session, place)
  const answer = await session.run('listTokenMechanisms', { tokenId })
  if (json) return printEach(session, responseToKms('listTokenMechanisms', answer)['Mechanisms'])
  const rows = answer.mechanisms.map(({ name, minKeySize, maxKeySize, uses, isHardware }) => [name, maxKeySize === 0 ? '' : `${minKeySize} to ${maxKeySize}`, uses.join(', '), isHardware ? 'hardware' : ''])
  printTable(session, ['MECHANISM', 'KEY SIZE', 'USES', ''], rows)
}

export async function runTokenObjects(session: CliSession, { place, pins, search, classes, publicOnly, json }: TokenCall & ObjectsCommand): Promise<void> {
  const token = await chooseToken(session, place)
  if (!publicOnly) await logIn(session, token, pins)
  const objects = await allObjects(session, token.tokenId, search, classes)
  if (json) return printEach(session, responseToKms('generateTokenKey', { objects })['Objects'])
  const rows = objects.map((object) => [object.label, object.idHex, object.objectClass, object.kind, object.uses.join(', '), protectionOf(object), object.objectId])
  printTable(session, ['LABEL', 'CKA_ID', 'CLASS', 'KIND', 'USES', 'PROTECTION', 'ID'], rows)
}

function protectionOf({ isSensitive, isExtractable, subject }: TokenObject): string {
  if (subject !== null) return subject
  if (isSensitive === null && isExtractable === null) return ''
  return `${isSensitive === true ? 'sensitive' : 'READABLE'}, ${isExtractable === true ? 'EXTRACTABLE' : 'not extractable'}`
}

/** Everything that the token says of an object; never the value of a key. */
export async function runTokenShow(session: CliSession, command: TokenCall & ObjectCommand & { json: boolean }): Promise<void> {
  const answer = await objectDetails(session, command)
  if (command.json) return session.print(JSON.stringify(responseToKms('getTokenObject', answer)))
  printTable(session, ['ATTRIBUTE', 'VALUE'], [...answer.attributes.map(({ name, value }) => [name, value]), ['URI', answer.uri], ['ID', answer.object.objectId]])
  const pem = answer.certificatePem ?? answer.publicKeyPem
  if (pem !== null) session.print(`\n${pem.trimEnd()}`)
}

/** The PKCS#11 URI (RFC 7512) of an object, or of the token. */
export async function runTokenUri(session: CliSession, command: TokenCall & Omit<ObjectCommand, 'object'> & { object: string | null }): Promise<void> {
  const { object } = command
  const { uri } = object === null ? await chooseToken(session, command.place) : await objectDetails(session, { ...command, object })
  session.print(uri)
}

async function objectDetails(session: CliSession, { place, pins, object, classes, publicOnly }: TokenCall & ObjectCommand) {
  const token = await chooseToken(session, place)
  if (!publicOnly) await logIn(session, token, pins)
  const { tokenId } = token
  const { objectId } = await chooseObject(session, { tokenId, named: object, classes })
  return session.run('getTokenObject', { tokenId, objectId })
}

export async function runModuleList(session: CliSession, { json }: { json: boolean }): Promise<void> {
  const answer = await session.run('listTokenModules', {})
  if (json) return printEach(session, responseToKms('listTokenModules', answer)['Modules'])
  printTable(session, ['NAME', 'FILE', 'STATE', 'ID'], answer.modules.map(moduleCells))
}

function moduleCells({ name, path, file, problem, moduleId }: TokenModuleView): string[] {
  return [name, path, problem === null ? file : `${file}: ${problem}`, moduleId]
}

export async function runModuleFind(session: CliSession, { json }: { json: boolean }): Promise<void> {
  const { modules } = await session.run('findTokenModules', {})
  const found = modules.map(({ name, path, isAdded }) => ({ Name: name, Path: path, IsAdded: isAdded }))
  if (json) return printEach(session, found)
  printTable(session, ['NAME', 'FILE', 'STATE'], found.map(({ Name, Path, IsAdded }) => [Name, Path, IsAdded ? 'allowed' : '']))
}
