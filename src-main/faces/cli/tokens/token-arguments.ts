import { tokenObjectClasses, type TokenKeySpec, type TokenObjectClass } from '../../../../src-shared/model/tokens'
import { atMostOne, expectCount, textOf, UsageError, type CommandSyntax, type Options, type Parsed, type Values } from '../argument-values'
import { keySpecOf, keyTypeOf, newKeyOf, newKeyOptions, specOptions, usualUses, type NewKey } from './new-key'
import { callOf, callOptions, flag, hexOf, jsonOption, listOf, text, yesOption, type TokenCall } from './token-options'
import { isTokenUri } from './token-uris'

export type Token<Action extends string, Rest = unknown> = { command: 'token'; action: Action } & TokenCall & Rest

export interface InitCommand {
  label: string
  withUserPin: boolean
  /** Also with what vaults need of it. */
  destroyKeys: boolean
  yes: boolean
}

export interface PinCommand {
  /** Whose PIN changes: the user's, the officer's, or the user's by the officer. */
  change: 'user' | 'so' | 'reset'
}

export interface ObjectsCommand {
  search: string
  classes: TokenObjectClass[]
  /** No PIN is asked for; only what everybody sees is shown. */
  publicOnly: boolean
  json: boolean
}

/** What is on a token already: object id, label, CKA_ID or URI; classes narrow it. */
export interface ObjectCommand {
  object: string
  classes: TokenObjectClass[]
  publicOnly: boolean
}

export interface GenerateCommand {
  key: NewKey & { keySpec: TokenKeySpec }
  preview: boolean
}

export interface DeleteCommand {
  objects: string[]
  classes: TokenObjectClass[]
  all: boolean
  /** Also what a vault that is not open has made. */
  destroyKeys: boolean
  yes: boolean
}

export type TokenBasicCommand =
  | Token<'list', { json: boolean }>
  | Token<'info', { json: boolean }>
  | Token<'mechanisms', { json: boolean }>
  | Token<'init', InitCommand>
  | Token<'pin', PinCommand>
  | Token<'objects', ObjectsCommand>
  | Token<'show', ObjectCommand & { json: boolean }>
  | Token<'uri', Omit<ObjectCommand, 'object'> & { object: string | null }>
  | Token<'generate', GenerateCommand>
  | Token<'rename', ObjectCommand & { label: string | null; idHex: string | null }>
  | Token<'delete', DeleteCommand>
  | Token<'module list', { json: boolean }>
  | Token<'module find', { json: boolean }>
  | Token<'module add', { file: string; name: string | null }>
  | Token<'module accept', { file: string }>
  | Token<'module remove', { file: string }>

/** Syntax of a command below `token`: the options that all of them have are added, and what these say. */
export function tokenSyntax<C extends Token<string>>(action: C['action'], options: Options, read: (parsed: Parsed) => Omit<C, 'command' | 'action' | keyof TokenCall>): CommandSyntax<C> {
  return {
    options: { ...callOptions, ...options },
    // The type of what is left when four known members are taken away does not add up again by itself.
    read: (parsed) => {
      const { place, pins } = callOf(parsed.values)
      // The URI of an object says on which token it is.
      const token = place.token ?? parsed.positionals.find(isTokenUri) ?? null
      return { command: 'token', action, place: { ...place, token }, pins, ...read(parsed) } as unknown as C
    },
  }
}

const destroyOption: Options = { 'destroy-keys': flag }
const narrow: Options = { class: text, public: flag }
const isJson = (values: Values) => values['json'] === true

/** The one argument of a command. */
export function argument(command: string, { positionals }: Parsed): string {
  expectCount(`token ${command}`, positionals, 1, 1)
  return positionals[0] ?? ''
}

function none(command: string, { positionals }: Parsed): void {
  expectCount(`token ${command}`, positionals, 0, 0)
}

function only(command: string) {
  return (parsed: Parsed) => {
    none(command, parsed)
    return { json: isJson(parsed.values) }
  }
}

function classesOf(values: Values): TokenObjectClass[] {
  return listOf('class', values['class'], tokenObjectClasses) ?? []
}

export function objectOf(command: string, parsed: Parsed): ObjectCommand {
  return { object: argument(command, parsed), ...narrowing(parsed.values) }
}

function narrowing(values: Values): Omit<ObjectCommand, 'object'> {
  return { classes: classesOf(values), publicOnly: values['public'] === true }
}

type Syntaxes = { [A in TokenBasicCommand['action'] as `token ${A}`]: CommandSyntax<Extract<TokenBasicCommand, { action: A }>> }

/** The commands below `token` that look at tokens, their objects and modules, and make and delete what is there. */
export const tokenBasicCommands: Syntaxes = {
  'token list': tokenSyntax('list', jsonOption, only('list')),
  'token info': tokenSyntax('info', jsonOption, only('info')),
  'token mechanisms': tokenSyntax('mechanisms', jsonOption, only('mechanisms')),
  'token init': tokenSyntax('init', { label: text, 'no-user-pin': flag, ...destroyOption, ...yesOption }, (parsed) => {
    none('init', parsed)
    const label = textOf(parsed.values['label'])
    if (label === null || label === '') throw new UsageError('token init needs --label LABEL')
    return { label, withUserPin: parsed.values['no-user-pin'] !== true, destroyKeys: parsed.values['destroy-keys'] === true, yes: parsed.values['yes'] === true }
  }),
  'token pin': tokenSyntax('pin', { so: flag, reset: flag }, (parsed) => {
    none('pin', parsed)
    atMostOne(parsed.values, 'so', 'reset')
    return { change: parsed.values['so'] === true ? 'so' : parsed.values['reset'] === true ? 'reset' : 'user' }
  }),
  'token objects': tokenSyntax('objects', { search: text, ...narrow, ...jsonOption }, (parsed) => {
    none('objects', parsed)
    const { values } = parsed
    return { search: textOf(values['search']) ?? '', classes: classesOf(values), publicOnly: values['public'] === true, json: isJson(values) }
  }),
  'token show': tokenSyntax('show', { ...narrow, ...jsonOption }, (parsed) => ({ ...objectOf('show', parsed), json: isJson(parsed.values) })),
  'token uri': tokenSyntax('uri', narrow, (parsed) => {
    expectCount('token uri', parsed.positionals, 0, 1)
    return { ...narrowing(parsed.values), object: parsed.positionals[0] ?? null }
  }),
  'token generate': tokenSyntax('generate', { ...specOptions, ...newKeyOptions, preview: flag }, (parsed) => {
    none('generate', parsed)
    const type = keyTypeOf('token generate', parsed.values)
    const key = newKeyOf('token generate', parsed.values, usualUses[type])
    return { key: { keySpec: keySpecOf(type, parsed.values), ...key }, preview: parsed.values['preview'] === true }
  }),
  'token rename': tokenSyntax('rename', { label: text, id: text, class: text }, (parsed) => {
    const [label, idHex] = [textOf(parsed.values['label']), hexOf('id', parsed.values['id'])]
    if (label === null && idHex === null) throw new UsageError('token rename needs --label LABEL, --id HEX or both')
    return { ...objectOf('rename', parsed), label, idHex }
  }),
  'token delete': tokenSyntax('delete', { class: text, all: flag, ...destroyOption, ...yesOption }, (parsed) => {
    expectCount('token delete', parsed.positionals, 1, 1000)
    return { objects: parsed.positionals, classes: classesOf(parsed.values), all: parsed.values['all'] === true, destroyKeys: parsed.values['destroy-keys'] === true, yes: parsed.values['yes'] === true }
  }),
  'token module list': tokenSyntax('module list', jsonOption, only('module list')),
  'token module find': tokenSyntax('module find', jsonOption, only('module find')),
  'token module add': tokenSyntax('module add', { name: text }, (parsed) => ({ file: argument('module add', parsed), name: textOf(parsed.values['name']) })),
  'token module accept': tokenSyntax('module accept', {}, (parsed) => ({ file: argument('module accept', parsed) })),
  'token module remove': tokenSyntax('module remove', {}, (parsed) => ({ file: argument('module remove', parsed) })),
}
