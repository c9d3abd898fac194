import { expectCount, parse, textOf, UsageError, type CommandSyntax, type Options, type Values } from './argument-values'
import { referenceCommands, type ReferenceCommand } from './reference-arguments'
import { secretCommands, type SecretCommand } from './secret-arguments'
import { tokenBasicCommands, type TokenBasicCommand } from './tokens/token-arguments'
import { tokenKeyCommands, type TokenKeyCommand } from './tokens/token-key-arguments'
import { pinSource, type PinSource } from './tokens/token-options'

export { UsageError } from './argument-values'

export type CliCommand =
  | { command: 'help'; of: readonly string[] }
  | { command: 'version' }
  | { command: 'init'; kdfTargetMs: number | null; name: string | null; recoveryKitFile: string | null }
  | { command: 'call'; operation: string; json: string }
  | { command: 'encrypt'; key: string; output: string | null; context: Record<string, string>; force: boolean; files: string[] }
  | { command: 'decrypt'; output: string | null; force: boolean; files: string[] }
  | { command: 'inspect'; file: string }
  | { command: 'audit'; verify: boolean }
  | { command: 'operations'; name: string | null; markdown: boolean }
  | SecretCommand
  | ReferenceCommand
  | TokenBasicCommand
  | TokenKeyCommand

export interface CliArguments {
  vaultFolder: string | null
  passphraseFile: string | null
  /** Label or serial number of a token that opens the vault in place of the passphrase. */
  unlockToken: string | null
  /** Where the PIN of that token, and of tokens with keys of the vault, comes from; null: it is asked on the terminal. */
  tokenPin: PinSource
  command: CliCommand
}

const globalOptions: Options = {
  vault: { type: 'string' },
  'passphrase-file': { type: 'string' },
  'unlock-token': { type: 'string' },
  'token-pin': { type: 'string' },
  'token-pin-file': { type: 'string' },
  'token-pin-fd': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
}

const commands: Record<string, CommandSyntax<CliCommand>> = {
  ...secretCommands,
  ...referenceCommands,
  ...tokenBasicCommands,
  ...tokenKeyCommands,
  init: {
    options: { 'kdf-target-ms': { type: 'string' }, name: { type: 'string' }, 'recovery-kit': { type: 'string' } },
    read: ({ values, positionals }) => {
      expectCount('init', positionals, 0, 0)
      return {
        command: 'init',
        kdfTargetMs: milliseconds(values['kdf-target-ms']),
        name: textOf(values['name']),
        recoveryKitFile: textOf(values['recovery-kit']),
      }
    },
  },
  call: {
    options: {},
    read: ({ positionals }) => {
      expectCount('call', positionals, 1, 2)
      return { command: 'call', operation: positionals[0] ?? '', json: positionals[1] ?? '{}' }
    },
  },
  encrypt: {
    options: {
      key: { type: 'string', short: 'k' },
      output: { type: 'string', short: 'o' },
      context: { type: 'string', multiple: true },
      force: { type: 'boolean', short: 'f' },
    },
    read: ({ values, positionals }) => {
      expectCount('encrypt', positionals, 1, Infinity)
      const key = textOf(values['key'])
      if (key === null) throw new UsageError('encrypt needs -k KEY (a key id or an alias)')
      return {
        command: 'encrypt',
        key,
        output: textOf(values['output']),
        context: contextOf(values['context']),
        force: values['force'] === true,
        files: positionals,
      }
    },
  },
  decrypt: {
    options: { output: { type: 'string', short: 'o' }, force: { type: 'boolean', short: 'f' } },
    read: ({ values, positionals }) => {
      expectCount('decrypt', positionals, 1, Infinity)
      return { command: 'decrypt', output: textOf(values['output']), force: values['force'] === true, files: positionals }
    },
  },
  inspect: {
    options: {},
    read: ({ positionals }) => {
      expectCount('inspect', positionals, 1, 1)
      return { command: 'inspect', file: positionals[0] ?? '' }
    },
  },
  operations: {
    options: { markdown: { type: 'boolean' } },
    read: ({ values, positionals }) => {
      expectCount('operations', positionals, 0, 1)
      return { command: 'operations', name: positionals[0] ?? null, markdown: values['markdown'] === true }
    },
  },
  audit: {
    options: { verify: { type: 'boolean' } },
    read: ({ values, positionals }) => {
      expectCount('audit', positionals, 0, 0)
      return { command: 'audit', verify: values['verify'] === true }
    },
  },
}

/**
 * The arguments that are meant. Node 20 takes `--env-file` for its own wherever it stands, also among those of the command
 * that `run` starts; so the launcher gives all of them as one, a JSON list after `--arguments`.
 */
export function givenArguments(argv: readonly string[]): string[] {
  const [first, packed] = argv
  if (first !== '--arguments' || packed === undefined || argv.length !== 2) return [...argv]
  const given: unknown = JSON.parse(packed)
  return Array.isArray(given) ? given.map(String) : []
}

/** Reads the arguments after the program's name. UsageError says in one sentence what is wrong. */
export function parseArguments(argv: readonly string[]): CliArguments {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  const rest = end === -1 ? null : argv.slice(end + 1)
  const all = Object.assign({}, ...Object.values(commands).map(({ options }) => options), globalOptions) as Options
  const name = nameOf(parse(own, all).positionals)
  const known = name === null ? null : (Object.hasOwn(commands, name) && commands[name]) || null
  const parsed = known ? parse(own, { ...globalOptions, ...known.options }) : parse(own, name === null ? globalOptions : all)
  const place = {
    vaultFolder: textOf(parsed.values['vault']),
    passphraseFile: textOf(parsed.values['passphrase-file']),
    unlockToken: textOf(parsed.values['unlock-token']),
    tokenPin: pinSource('token-pin', parsed.values),
  }
  if (parsed.values['help'] === true) return { ...place, command: { command: 'help', of: parsed.positionals } }
  if (parsed.values['version'] === true && !known) return { ...place, command: { command: 'version' } }
  if (name === null) throw new UsageError('no command given')
  if (!known) throw new UsageError(actionsOf(name).length > 0 ? `${name} needs one of ${actionsOf(name).join(', ')}` : `there is no command ${name}`)
  const positionals = parsed.positionals.slice(name.split(' ').length)
  if (rest !== null && name !== 'run') positionals.push(...rest)
  return { ...place, command: known.read({ values: parsed.values, positionals, rest }) }
}

/** The command that is meant, of as many words as it has; the first word when there is none. Null without any. */
function nameOf(words: readonly string[]): string | null {
  const names = [3, 2].map((count) => words.slice(0, count).join(' '))
  return names.find((name) => Object.hasOwn(commands, name)) ?? words[0] ?? null
}

/** What commands of several words have behind this first one. */
function actionsOf(first: string): string[] {
  return Object.keys(commands).flatMap((name) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []))
}

function milliseconds(value: Values[string]): number | null {
  if (typeof value !== 'string') return null
  if (!/^\d{1,5}$/.test(value)) throw new UsageError('--kdf-target-ms takes a whole number of milliseconds')
  return Number(value)
}

function contextOf(values: Values[string]): Record<string, string> {
  const context: Record<string, string> = {}
  for (const pair of Array.isArray(values) ? values : []) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(String(pair)) ?? []
    if (name === undefined || value === undefined) throw new UsageError('--context takes NAME=VALUE')
    if (Object.hasOwn(context, name)) throw new UsageError(`--context names ${name} twice`)
    context[name] = value
  }
  return context
}
