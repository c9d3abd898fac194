import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The call cannot be understood; the CLI answers with exit code 2. */
export class UsageError extends Error {}

export type CliCommand =
  | { command: 'help' }
  | { command: 'version' }
  | { command: 'init'; kdfTargetMs: number | null; name: string | null; recoveryKitFile: string | null }
  | { command: 'call'; operation: string; json: string }
  | { command: 'encrypt'; key: string; output: string | null; context: Record<string, string>; force: boolean; files: string[] }
  | { command: 'decrypt'; output: string | null; force: boolean; files: string[] }
  | { command: 'inspect'; file: string }
  | { command: 'audit'; verify: boolean }
  | { command: 'operations'; name: string | null; markdown: boolean }

export interface CliArguments {
  vaultFolder: string | null
  passphraseFile: string | null
  command: CliCommand
}

type Options = NonNullable<ParseArgsConfig['options']>
type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

interface Parsed {
  values: Values
  positionals: string[]
}

const globalOptions: Options = {
  vault: { type: 'string' },
  'passphrase-file': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
}

const commands: Record<string, { options: Options; read: (parsed: Parsed) => CliCommand }> = {
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

/** Reads the arguments after the program's name. UsageError says in one sentence what is wrong. */
export function parseArguments(argv: readonly string[]): CliArguments {
  const all = Object.assign({}, globalOptions, ...Object.values(commands).map(({ options }) => options)) as Options
  const name = parse(argv, all).positionals[0]
  const known = name === undefined ? null : (Object.hasOwn(commands, name) && commands[name]) || null
  const parsed = known ? parse(argv, { ...globalOptions, ...known.options }) : parse(argv, name === undefined ? globalOptions : all)
  const place = { vaultFolder: textOf(parsed.values['vault']), passphraseFile: textOf(parsed.values['passphrase-file']) }
  if (parsed.values['help'] === true) return { ...place, command: { command: 'help' } }
  if (parsed.values['version'] === true) return { ...place, command: { command: 'version' } }
  if (name === undefined) throw new UsageError('no command given')
  if (!known) throw new UsageError(`there is no command ${name}`)
  return { ...place, command: known.read({ values: parsed.values, positionals: parsed.positionals.slice(1) }) }
}

function parse(argv: readonly string[], options: Options): Parsed {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
    return { values, positionals }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'the arguments cannot be read')
  }
}

function expectCount(command: string, positionals: readonly string[], least: number, most: number): void {
  if (positionals.length < least) throw new UsageError(`${command} needs ${least === 1 ? 'an argument' : `${least} arguments`}`)
  if (positionals.length > most) throw new UsageError(`${command} takes no argument ${positionals[most] ?? ''}`.trim())
}

function textOf(value: Values[string]): string | null {
  return typeof value === 'string' ? value : null
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
