import { importFormats } from '../../../src-shared/contract/secret-exchange'
import { secretLimits, secretTemplates, type SecretTemplate } from '../../../src-shared/model/secrets'
import { atMostOne, choiceOf, expectCount, integerOf, outputOf, textOf, UsageError, type CommandSyntax, type Options, type Values } from './argument-values'

export const importModes = ['skip', 'rename', 'new-version'] as const
export const exportFormats = ['kdbx', 'env', 'json'] as const

/** Which value of a secret is meant; current when neither stage nor version is given. */
export interface ValueChoice {
  name: string
  field: string | null
  stage: string | null
  version: string | null
}

export interface PutCommand {
  name: string
  file: string | null
  field: string | null
  stages: string[] | null
  versionId: string | null
  create: boolean
  binary: boolean
  key: string | null
  description: string | null
  template: SecretTemplate | null
}

export interface ImportCommand {
  file: string
  format: (typeof importFormats)[number] | null
  passwordFile: string | null
  folder: string | null
  onTaken: (typeof importModes)[number]
  dryRun: boolean
}

export interface ExportCommand {
  format: (typeof exportFormats)[number]
  output: string
  folder: string | null
  passwordFile: string | null
  plain: boolean
  force: boolean
}

type Secret<Action extends string, Rest> = { command: 'secret'; action: Action } & Rest

export type SecretCommand =
  | Secret<'get', ValueChoice & { json: boolean; output: string | null; force: boolean }>
  | Secret<'put', PutCommand>
  | Secret<'list', { folder: string | null; search: string | null; deleted: boolean; json: boolean }>
  | Secret<'versions', { name: string; json: boolean }>
  | Secret<'stage', { name: string; stage: string; moveTo: string | null; removeFrom: string | null }>
  | Secret<'rotate', { name: string; versionId: string | null; pending: 'retry' | 'roll-back' | null }>
  | Secret<'delete', { name: string; days: number | null; force: boolean; yes: boolean }>
  | Secret<'restore', { name: string }>
  | Secret<'import', ImportCommand>
  | Secret<'export', ExportCommand>

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const output: Options = { output: { ...text, short: 'o' }, out: text }
const force: Options = { force: { ...flag, short: 'f' } }

/** The commands below `secret`. */
export const secretCommands: Record<`secret ${SecretCommand['action']}`, CommandSyntax<SecretCommand>> = {
  'secret get': {
    options: { field: text, stage: text, version: text, json: flag, ...output, ...force },
    read: ({ values, positionals }) => {
      atMostOne(values, 'stage', 'version')
      atMostOne(values, 'json', 'field')
      return { ...named('get', positionals), ...choice(values), json: values['json'] === true, output: outputOf(values), force: values['force'] === true }
    },
  },
  'secret put': {
    options: { file: text, field: text, stages: text, 'version-id': text, create: flag, binary: flag, key: { ...text, short: 'k' }, description: text, template: text },
    read: ({ values, positionals }) => ({ ...named('put', positionals), ...putCommand(values) }),
  },
  'secret list': {
    options: { folder: text, search: text, deleted: flag, json: flag },
    read: ({ values, positionals }) => {
      expectCount('secret list', positionals, 0, 0)
      return { command: 'secret', action: 'list', folder: textOf(values['folder']), search: textOf(values['search']), deleted: values['deleted'] === true, json: values['json'] === true }
    },
  },
  'secret versions': {
    options: { json: flag },
    read: ({ values, positionals }) => ({ ...named('versions', positionals), json: values['json'] === true }),
  },
  'secret stage': {
    options: { 'move-to': text, 'remove-from': text },
    read: ({ values, positionals }) => {
      expectCount('secret stage', positionals, 2, 2)
      const [moveTo, removeFrom] = [textOf(values['move-to']), textOf(values['remove-from'])]
      if (moveTo === null && removeFrom === null) throw new UsageError('secret stage needs --move-to VERSION, --remove-from VERSION or both')
      return { command: 'secret', action: 'stage', name: positionals[0] ?? '', stage: positionals[1] ?? '', moveTo, removeFrom }
    },
  },
  'secret rotate': {
    options: { 'version-id': text, retry: flag, 'roll-back': flag },
    read: ({ values, positionals }) => {
      atMostOne(values, 'version-id', 'retry', 'roll-back')
      const pending = values['retry'] === true ? 'retry' : values['roll-back'] === true ? 'roll-back' : null
      return { ...named('rotate', positionals), versionId: textOf(values['version-id']), pending }
    },
  },
  'secret delete': {
    options: { days: text, ...force, yes: { ...flag, short: 'y' } },
    read: ({ values, positionals }) => {
      atMostOne(values, 'days', 'force')
      const days = integerOf('--days', values['days'], secretLimits.recoveryMinDays, secretLimits.recoveryMaxDays)
      return { ...named('delete', positionals), days, force: values['force'] === true, yes: values['yes'] === true }
    },
  },
  'secret restore': { options: {}, read: ({ positionals }) => named('restore', positionals) },
  'secret import': {
    options: { format: text, 'password-file': text, folder: text, 'on-taken': text, 'dry-run': flag },
    read: ({ values, positionals }) => {
      expectCount('secret import', positionals, 1, 1)
      return {
        command: 'secret',
        action: 'import',
        file: positionals[0] ?? '',
        format: choiceOf('format', values['format'], importFormats),
        passwordFile: textOf(values['password-file']),
        folder: textOf(values['folder']),
        onTaken: choiceOf('on-taken', values['on-taken'], importModes) ?? 'skip',
        dryRun: values['dry-run'] === true,
      }
    },
  },
  'secret export': {
    options: { format: text, folder: text, 'password-file': text, plain: flag, ...output, ...force },
    read: ({ values, positionals }) => {
      expectCount('secret export', positionals, 0, 0)
      return { command: 'secret', action: 'export', ...exportCommand(values) }
    },
  },
}

function named<Action extends string>(action: Action, positionals: readonly string[]): Secret<Action, { name: string }> {
  expectCount(`secret ${action}`, positionals, 1, 1)
  return { command: 'secret', action, name: positionals[0] ?? '' }
}

function choice(values: Values): Omit<ValueChoice, 'name'> {
  return { field: textOf(values['field']), stage: textOf(values['stage']), version: textOf(values['version']) }
}

function putCommand(values: Values): Omit<PutCommand, 'name'> {
  for (const name of ['stages', 'version-id', 'binary']) atMostOne(values, 'field', name)
  if (values['create'] !== true) {
    for (const name of ['key', 'description', 'template']) if (values[name] !== undefined) throw new UsageError(`--${name} goes with --create`)
  }
  if (values['template'] !== undefined && values['field'] === undefined) throw new UsageError('--template goes with --field')
  return {
    file: textOf(values['file']),
    field: textOf(values['field']),
    stages: stagesOf(values['stages']),
    versionId: textOf(values['version-id']),
    create: values['create'] === true,
    binary: values['binary'] === true,
    key: textOf(values['key']),
    description: textOf(values['description']),
    template: choiceOf('template', values['template'], secretTemplates),
  }
}

function stagesOf(value: Values[string]): string[] | null {
  if (typeof value !== 'string') return null
  const stages = value.split(',')
  if (stages.includes('')) throw new UsageError('--stages takes STAGE[,STAGE]...')
  return stages
}

function exportCommand(values: Values): ExportCommand {
  const format = choiceOf('format', values['format'], exportFormats)
  const file = outputOf(values)
  if (format === null) throw new UsageError(`secret export needs --format: ${exportFormats.join(', ')}`)
  if (file === null || file === '-') throw new UsageError('secret export needs -o FILE')
  const plain = values['plain'] === true
  if (format !== 'kdbx' && !plain) {
    throw new UsageError(`${format} is PLAIN TEXT: everyone who can read the file can read every secret in it. --plain says that you want this`)
  }
  if (format === 'kdbx' && plain) throw new UsageError('--plain goes with --format env or json')
  return { format, output: file, folder: textOf(values['folder']), passwordFile: textOf(values['password-file']), plain, force: values['force'] === true }
}
