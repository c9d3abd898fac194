import type { TokenObjectClass } from '../../../../src-shared/model/tokens'
import { integerOf, textOf, UsageError, type Options, type Values } from '../argument-values'

/** Which token is meant. */
export interface TokenPlace {
  /** File of the module; null: all modules that are allowed. */
  module: string | null
  /** What a module of NSS is initialised with. */
  parameters: string | null
  /** Label, serial number, id or PKCS#11 URI; null: the only one. */
  token: string | null
}

/** Which object on a token is meant. */
export interface ObjectChoice {
  tokenId: string
  /** Object id, label, CKA_ID in hex, or PKCS#11 URI. */
  named: string
  /** Empty: all. */
  classes: TokenObjectClass[]
}

/** Where a PIN comes from; null: it is asked on the terminal. */
export type PinSource = { file: string } | { descriptor: number } | null

export interface PinSources {
  user: PinSource
  so: PinSource
  fresh: PinSource
}

/** What every command below `token` has. */
export interface TokenCall {
  place: TokenPlace
  pins: PinSources
}

export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const
export const texts = { type: 'string', multiple: true } as const
export const outputOptions: Options = { output: { ...text, short: 'o' }, out: text, force: { ...flag, short: 'f' } }
export const jsonOption: Options = { json: flag }
export const yesOption: Options = { yes: { ...flag, short: 'y' } }

const pinNames = ['pin', 'so-pin', 'new-pin'] as const

export const callOptions: Options = {
  module: text,
  parameters: text,
  token: text,
  ...Object.fromEntries(pinNames.flatMap((name) => [name, `${name}-file`, `${name}-fd`]).map((name) => [name, text])),
}

export function callOf(values: Values): TokenCall {
  if (values['parameters'] !== undefined && values['module'] === undefined) throw new UsageError('--parameters goes with --module')
  const [user, so, fresh] = pinNames.map((name) => pinSource(name, values))
  return {
    place: { module: textOf(values['module']), parameters: textOf(values['parameters']), token: textOf(values['token']) },
    pins: { user: user ?? null, so: so ?? null, fresh: fresh ?? null },
  }
}

/** Where a PIN comes from that options of this name, `…-file` and `…-fd`, say. UsageError when it is an argument itself. */
export function pinSource(name: (typeof pinNames)[number] | 'to-pin' | 'token-pin', values: Values): PinSource {
  if (values[name] !== undefined) {
    throw new UsageError(`a PIN is never an argument: other programs can read arguments, and the shell keeps them. Give --${name}-file FILE or --${name}-fd N, or type it when it is asked for`)
  }
  const file = textOf(values[`${name}-file`])
  const descriptor = integerOf(`--${name}-fd`, values[`${name}-fd`], 0, 255)
  if (file !== null && descriptor !== null) throw new UsageError(`--${name}-file and --${name}-fd do not go together`)
  if (file !== null) return { file }
  return descriptor === null ? null : { descriptor }
}

/** Bytes in hex; null when the option is not given. */
export function hexOf(name: string, value: Values[string]): string | null {
  const hex = textOf(value)
  if (hex !== null && !/^(?:[0-9A-Fa-f]{2})+$/.test(hex)) throw new UsageError(`--${name} takes bytes in hex, such as 0a1b`)
  return hex?.toLowerCase() ?? null
}

/** What stands between commas; null when the option is not given. */
export function listOf<C extends string>(name: string, value: Values[string], choices: readonly C[]): C[] | null {
  const given = textOf(value)
  if (given === null) return null
  const unknown = given.split(',').find((item) => !choices.some((choice) => choice === item))
  if (unknown !== undefined) throw new UsageError(`--${name} takes ${choices.join(', ')}, with commas between them`)
  return choices.filter((choice) => given.split(',').includes(choice))
}
