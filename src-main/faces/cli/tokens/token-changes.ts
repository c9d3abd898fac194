import type { TokenObject, TokenSummary, VaultUse } from '../../../../src-shared/contract/tokens'
import { KmsError } from '../../../../src-shared/errors'
import type { TemplateProblem } from '../../../../src-shared/model/tokens'
import { responseToKms } from '../../kms/response-mapping'
import { confirmByName } from '../confirmation'
import type { CliSession } from '../session'
import { ambiguousObject, chooseObject, chooseObjects } from './choose-object'
import { addModule, chooseToken, chooseTokenToInitialize, knownModule } from './choose-token'
import { called, freshPin, logIn, presentPin, withTries } from './pins'
import type { DeleteCommand, GenerateCommand, InitCommand, ObjectCommand, PinCommand } from './token-arguments'
import type { TokenCall } from './token-options'

/** Erases a token, for which its label is typed when it has one, and gives it a label and PINs. */
export async function runTokenInit(session: CliSession, { place, pins, label, withUserPin, destroyKeys, yes }: TokenCall & InitCommand): Promise<void> {
  const token = await chooseTokenToInitialize(session, place)
  await requireLossMeant(session, token, destroyKeys)
  if (token.isInitialized && !yes) {
    await confirmByName(token.label, {
      warning: `Everything on ${called(token)} will be erased, for good.`,
      withoutTerminal: 'token init erases everything on the token for good; without a terminal it needs --yes',
    })
  }
  const soPin = token.isInitialized ? await presentPin(session, 'SO PIN', token, pins.so) : await freshPin(session, 'SO PIN', 'New SO PIN', token, pins.so)
  try {
    const userPin = withUserPin ? await freshPin(session, 'user PIN', 'New user PIN', token, pins.user) : undefined
    const answer = await withTries(() => session.run('initToken', { tokenId: token.tokenId, label, confirmLoss: destroyKeys, ...(soPin && { soPin }), ...(userPin && { userPin }) }))
    session.print(JSON.stringify(responseToKms('initToken', answer)))
  } finally {
    soPin?.fill(0)
  }
}

/** Before any PIN is asked for. TOKEN_OBJECT_IN_USE with what vaults would lose; a note of it where that is meant. */
async function requireLossMeant(session: CliSession, { tokenId, isInitialized }: TokenSummary, isMeant: boolean): Promise<void> {
  if (!isInitialized) return
  const { uses } = await session.run('listTokenVaultUses', { tokenId })
  const [first] = uses
  if (!first) return
  const text = `vaults need what is on this token: ${uses.map(useText).join(', ')}`
  if (!isMeant) throw new KmsError('TOKEN_OBJECT_IN_USE', `Nothing was erased: ${text}. --destroy-keys erases it all the same.`, { vaultUse: first.kind })
  session.messages.write(`Note: ${text}.\n`)
}

function useText({ kind, keyId }: VaultUse): string {
  if (kind === 'unlock-slot') return 'a key that opens the vault'
  return `the master key ${keyId ?? ''}${kind === 'other-vault' ? ' of a vault that is not open' : ''}`
}

/** Changes the PIN of the user or the officer, or has the officer set the user's. */
export async function runTokenPin(session: CliSession, { place, pins, change }: TokenCall & PinCommand): Promise<void> {
  const token = await chooseToken(session, place)
  session.print(JSON.stringify(await withTries(() => changePin(session, token, pins, change))))
}

async function changePin(session: CliSession, token: TokenSummary, pins: TokenCall['pins'], change: PinCommand['change']): Promise<object> {
  const { tokenId } = token
  const old = change === 'user' ? await presentPin(session, 'user PIN', token, pins.user) : await presentPin(session, 'SO PIN', token, pins.so)
  try {
    const newPin = await freshPin(session, 'new PIN', change === 'so' ? 'New SO PIN' : 'New user PIN', token, pins.fresh)
    const fresh = newPin && { newPin }
    if (change === 'reset') return responseToKms('setTokenUserPin', await session.run('setTokenUserPin', { tokenId, ...(old && { soPin: old }), ...fresh }))
    return responseToKms('changeTokenPin', await session.run('changeTokenPin', { tokenId, role: change, ...(old && { pin: old }), ...fresh }))
  } finally {
    old?.fill(0)
  }
}

const warnings: Partial<Record<TemplateProblem, string>> = {
  'wrap-and-decrypt': 'who may wrap and decrypt with the same key can take every extractable key out in the clear',
  readable: 'the value of this key can be read off the token by whoever has the PIN',
  extractable: 'this key can leave the token, wrapped by another key',
}

/** Makes a key on the token, or shows what the token would be asked for. */
export async function runTokenGenerate(session: CliSession, { place, pins, key, preview }: TokenCall & GenerateCommand): Promise<void> {
  const token = await chooseToken(session, place)
  const { tokenId } = token
  const planned = await session.run('previewTokenKey', { tokenId, ...key })
  if (preview) return session.print(JSON.stringify(responseToKms('previewTokenKey', planned), null, 2))
  for (const { problem } of planned.problems) if (warnings[problem]) session.messages.write(`Note: ${warnings[problem]}.\n`)
  await logIn(session, token, pins)
  session.print(JSON.stringify(responseToKms('generateTokenKey', await session.run('generateTokenKey', { tokenId, ...key }))))
}

export async function runTokenRename(session: CliSession, { place, pins, object, classes, label, idHex }: TokenCall & ObjectCommand & { label: string | null; idHex: string | null }): Promise<void> {
  const token = await chooseToken(session, place)
  await logIn(session, token, pins)
  const { tokenId } = token
  const { objectId } = await chooseObject(session, { tokenId, named: object, classes })
  const answer = await session.run('renameTokenObject', { tokenId, objectId, ...(label !== null && { label }), ...(idHex !== null && { idHex }) })
  session.print(JSON.stringify(responseToKms('renameTokenObject', answer)))
}

/** Deletes objects, for which the token's label is typed. A name that several objects have needs `all`. */
export async function runTokenDelete(session: CliSession, { place, pins, objects, classes, all, destroyKeys, yes }: TokenCall & DeleteCommand): Promise<void> {
  const token = await chooseToken(session, place)
  await logIn(session, token, pins)
  const { tokenId } = token
  const found = new Map<string, TokenObject>()
  for (const named of objects) {
    const fits = await chooseObjects(session, { tokenId, named, classes })
    if (fits.length > 1 && !all) throw new KmsError('TOKEN_AMBIGUOUS', `${ambiguousObject(named, fits).message} --all deletes them all.`)
    for (const object of fits) found.set(object.objectId, object)
  }
  const foreign = [...found.values()].filter(({ vaultUses }) => vaultUses.some(({ kind }) => kind === 'other-vault'))
  if (foreign.length > 0 && !destroyKeys) {
    throw new KmsError('TOKEN_OBJECT_IN_USE', `Nothing was deleted: ${foreign.map(({ label }) => label).join(', ')} was made by a Keystead vault that is not open, and what only it decrypts is lost. Schedule its deletion in that vault; --destroy-keys deletes it all the same.`, { vaultUse: 'other-vault' })
  }
  if (!yes) {
    const names = [...found.values()].map(({ label, objectClass }) => `${label} (${objectClass})`)
    await confirmByName(token.label, {
      warning: `${names.join(', ')} will be deleted from ${called(token)}, for good. What only these keys open is lost.`,
      withoutTerminal: 'token delete deletes for good; without a terminal it needs --yes',
      what: 'the label of the token',
    })
  }
  session.print(JSON.stringify(responseToKms('deleteTokenObjects', await session.run('deleteTokenObjects', { tokenId, objectIds: [...found.keys()], confirmLoss: destroyKeys }))))
}

export async function runModuleAdd(session: CliSession, { place, file, name }: TokenCall & { file: string; name: string | null }): Promise<void> {
  const { parameters } = place
  const module = await addModule(session, file, { ...(name !== null && { name }), ...(parameters !== null && { parameters }) })
  session.print(JSON.stringify(responseToKms('addTokenModule', { module })))
}

/** Allows the file that took the place of the one that was allowed. */
export async function runModuleAccept(session: CliSession, { file }: { file: string }): Promise<void> {
  const { moduleId } = await requireModule(session, file)
  session.print(JSON.stringify(responseToKms('acceptTokenModule', await session.run('acceptTokenModule', { moduleId }))))
}

export async function runModuleRemove(session: CliSession, { file }: { file: string }): Promise<void> {
  const { moduleId } = await requireModule(session, file)
  session.print(JSON.stringify(responseToKms('removeTokenModule', await session.run('removeTokenModule', { moduleId }))))
}

async function requireModule(session: CliSession, named: string) {
  const module = await knownModule(session, named, null)
  if (!module) throw new KmsError('TOKEN_MODULE_NOT_FOUND', 'No such module is allowed. "keystead token module list" shows those that are.', { fileName: named })
  return module
}
