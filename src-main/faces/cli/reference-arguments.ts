import { characterClasses } from '../../../src-shared/contract/secret-window'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { atMostOne, expectCount, integerOf, outputOf, textOf, textsOf, UsageError, type CommandSyntax, type Values } from './argument-values'

/** What replaces references to secrets, and the generator. */
export type ReferenceCommand =
  | { command: 'run'; envFiles: string[]; masking: boolean; program: string; args: string[] }
  | { command: 'read'; reference: string; newline: boolean }
  | { command: 'inject'; input: string; output: string; force: boolean }
  | { command: 'generate'; request: RequestInput<'generateSecretValue'> }

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

/** `run`, `read`, `inject` and `generate`. */
export const referenceCommands: Record<ReferenceCommand['command'], CommandSyntax<ReferenceCommand>> = {
  run: {
    options: { 'env-file': { ...text, multiple: true }, 'no-masking': flag },
    read: ({ values, positionals, rest }) => {
      if (rest === null || positionals.length > 0) throw new UsageError('run needs "--" before the command that it runs')
      const [program, ...args] = rest
      if (program === undefined || program === '') throw new UsageError('run needs a command after "--"')
      return { command: 'run', envFiles: textsOf(values['env-file']), masking: values['no-masking'] !== true, program, args }
    },
  },
  read: {
    options: { newline: { ...flag, short: 'n' } },
    read: ({ values, positionals }) => {
      expectCount('read', positionals, 1, 1)
      return { command: 'read', reference: positionals[0] ?? '', newline: values['newline'] === true }
    },
  },
  inject: {
    options: { input: { ...text, short: 'i' }, output: { ...text, short: 'o' }, out: text, force: { ...flag, short: 'f' } },
    read: ({ values, positionals }) => {
      expectCount('inject', positionals, 0, 0)
      return { command: 'inject', input: textOf(values['input']) ?? '-', output: outputOf(values) ?? '-', force: values['force'] === true }
    },
  },
  generate: {
    options: { length: text, words: text, separator: text, capitalise: flag, number: flag, exclude: text, 'no-look-alikes': flag, ...withoutClasses() },
    read: ({ values, positionals }) => {
      expectCount('generate', positionals, 0, 0)
      return { command: 'generate', request: generatorRequest(values) }
    },
  },
}

function withoutClasses() {
  return Object.fromEntries(characterClasses.map((name) => [`no-${name}`, flag]))
}

const onlyWords = ['separator', 'capitalise', 'number']
const onlyCharacters = ['length', 'exclude', 'no-look-alikes', ...characterClasses.map((name) => `no-${name}`)]

function generatorRequest(values: Values): RequestInput<'generateSecretValue'> {
  const words = integerOf('--words', values['words'], 3, 20)
  for (const name of words === null ? onlyWords : onlyCharacters) {
    if (words !== null) atMostOne(values, 'words', name)
    else if (values[name] !== undefined) throw new UsageError(`--${name} goes with --words`)
  }
  if (words !== null) {
    const separator = textOf(values['separator'])
    return { kind: 'words', words, ...(separator === null ? {} : { separator }), capitalise: values['capitalise'] === true, includeNumber: values['number'] === true }
  }
  const classes = characterClasses.filter((name) => values[`no-${name}`] === undefined)
  if (classes.length === 0) throw new UsageError('no characters are left to choose from')
  return {
    kind: 'characters',
    length: integerOf('--length', values['length'], 4, 128) ?? 20,
    classes,
    excludeCharacters: textOf(values['exclude']) ?? '',
    excludeLookAlikes: values['no-look-alikes'] === true,
  }
}
