import { isUtf8 } from 'node:buffer'
import type { TokenSummary } from '../../../../src-shared/contract/tokens'
import { isKmsError, KmsError } from '../../../../src-shared/errors'
import { tokenLimits, type PinState } from '../../../../src-shared/model/tokens'
import { firstLineOfFile, nextLine } from '../first-line'
import { askTwice } from '../passphrase'
import type { CliSession } from '../session'
import { withoutControls } from '../table'
import { askHidden, hasTerminal } from '../terminal'
import type { PinSource, PinSources } from './token-options'

/** What is known of a PIN, in words. */
export const pinStateTexts: Readonly<Record<PinState, string>> = {
  ok: 'set',
  low: 'a wrong PIN was given since the last right one',
  final: 'the next wrong PIN locks it',
  locked: 'locked',
  'not-set': 'not set',
  'to-be-changed': 'must be changed',
}

const options = { 'user PIN': 'pin', 'SO PIN': 'so-pin', 'new PIN': 'new-pin' } as const
type PinName = keyof typeof options

/**
 * The PIN that a token has, as bytes that the operation zeroes; undefined where it is typed on the token's own keys. It is
 * asked for once, with what is known of its tries. CANCELLED without a terminal, TOKEN_PIN_LOCKED before anything is asked.
 */
export async function presentPin(session: CliSession, name: 'user PIN' | 'SO PIN', token: TokenSummary, source: PinSource): Promise<Uint8Array | undefined> {
  const state = name === 'SO PIN' ? token.soPin : token.userPin
  if (state === 'locked') throw new KmsError('TOKEN_PIN_LOCKED', `The ${name} of ${called(token)} is locked after too many wrong tries.`)
  if (state === 'not-set') throw new KmsError('TOKEN_PIN_NOT_SET', `The ${name} of ${called(token)} was never set.`)
  if (token.hasPinPad) return typedOnPad(session, name, token)
  const known = state === 'ok' ? '' : ` (${pinStateTexts[state]})`
  return (await givenPin(name, source)) ?? (await onTerminal(name, () => askHidden(`${capital(name)} of ${called(token)}${known}: `)))
}

/** A PIN that a token is to have, as presentPin(); on the terminal it is asked for twice. `question` says whose it is. */
export async function freshPin(session: CliSession, name: PinName, question: string, token: TokenSummary, source: PinSource): Promise<Uint8Array | undefined> {
  if (token.hasPinPad) return typedOnPad(session, name, token)
  const length = token.maxPinBytes > 0 ? `, ${token.minPinBytes} to ${token.maxPinBytes} bytes` : ''
  return (await givenPin(name, source)) ?? (await onTerminal(name, () => askTwice(`${question} of ${called(token)}${length}: `, 'PINs')))
}

/** Logs the user in where the token wants it. The state of the PIN is in the message when it was wrong. */
export async function logIn(session: CliSession, token: TokenSummary, pins: Pick<PinSources, 'user'>): Promise<void> {
  if (!token.needsLogin || token.login === 'user') return
  const pin = await presentPin(session, 'user PIN', token, pins.user)
  await withTries(() => session.run('logInToToken', { tokenId: token.tokenId, ...(pin && { pin }) }))
}

/** Adds to a refused PIN what is known of its tries. */
export async function withTries<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isKmsError(error, 'TOKEN_PIN_WRONG') || !error.details.pinState || error.details.pinState === 'low') throw error
    throw new KmsError(error.code, `${error.message} It is now: ${pinStateTexts[error.details.pinState]}.`, error.details, error)
  }
}

/** A token's label and serial number, for people. */
export function called({ label, serial }: Pick<TokenSummary, 'label' | 'serial'>): string {
  if (label === '' && serial === '') return 'the new token'
  return withoutControls(`"${label}" (${serial})`)
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function typedOnPad(session: CliSession, name: PinName, token: TokenSummary): undefined {
  session.messages.write(`Type the ${name} of ${called(token)} on the keys of its reader.\n`)
}

async function givenPin(name: PinName, source: PinSource): Promise<Uint8Array | null> {
  if (source === null) return null
  const pin = 'file' in source ? await firstLineOfFile(source.file, name, tokenLimits.pinBytes) : await ofDescriptor(name, source.descriptor)
  if (isText(pin)) return pin
  pin.fill(0)
  throw new KmsError('INVALID_PARAMETER', `What was given as the ${name} is empty or no text. The token was not asked.`)
}

function ofDescriptor(name: PinName, descriptor: number): Promise<Uint8Array> {
  return nextLine(descriptor, tokenLimits.pinBytes).catch((cause: unknown) => {
    throw new KmsError('FILE_NOT_FOUND', `The ${name} cannot be read from file descriptor ${descriptor}.`, {}, cause)
  })
}

/** A wrong file must not cost a try. UTF-8 without control characters, checked on the bytes so that no string is made of them. */
function isText(pin: Uint8Array): boolean {
  return pin.length > 0 && pin.every((byte) => byte >= 0x20 && byte !== 0x7f) && isUtf8(pin)
}

async function onTerminal(name: PinName, ask: () => Promise<Uint8Array>): Promise<Uint8Array> {
  if (await hasTerminal()) return ask()
  throw new KmsError('CANCELLED', `There is no terminal to ask for the ${name}. Give --${options[name]}-file FILE or --${options[name]}-fd N.`)
}
