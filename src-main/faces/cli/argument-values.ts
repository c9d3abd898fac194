import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The call cannot be understood; the CLI answers with exit code 2. */
export class UsageError extends Error {}

export type Options = NonNullable<ParseArgsConfig['options']>
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

export interface Parsed {
  values: Values
  positionals: string[]
  /** What stands after `--`; null when there is none. */
  rest: string[] | null
}

/** A command of the CLI: its options, and what its arguments mean. */
export interface CommandSyntax<C> {
  options: Options
  read: (parsed: Parsed) => C
}

/** Splits arguments into options and the others. UsageError for an option that is not in `options`. */
export function parse(argv: readonly string[], options: Options): Omit<Parsed, 'rest'> {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
    return { values, positionals }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'the arguments cannot be read')
  }
}

/** UsageError unless there are `least` to `most` arguments beside the options. */
export function expectCount(command: string, positionals: readonly string[], least: number, most: number): void {
  if (positionals.length < least) throw new UsageError(`${command} needs ${least === 1 ? 'an argument' : `${least} arguments`}`)
  if (positionals.length > most) throw new UsageError(`${command} takes no argument ${positionals[most] ?? ''}`.trim())
}

/** The value of an option that is given once; null when it is not given. */
export function textOf(value: Values[string]): string | null {
  return typeof value === 'string' ? value : null
}

/** The values of an option that may be given several times, in their order. */
export function textsOf(value: Values[string]): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** The one value of two spellings of an option. */
export function outputOf({ output, out }: Values): string | null {
  if (typeof output === 'string' && typeof out === 'string') throw new UsageError('--output and --out are the same: give one')
  return textOf(output) ?? textOf(out)
}

/** An integer from `least` to `most`; null when the option is not given. `name`: as it is called in what is said. */
export function integerOf(name: string, value: Values[string], least: number, most: number): number | null {
  if (typeof value !== 'string') return null
  const number = /^\d{1,6}$/.test(value) ? Number(value) : NaN
  if (!(number >= least && number <= most)) throw new UsageError(`${name} takes a whole number from ${least} to ${most}`)
  return number
}

/** One of `choices`; null when the option is not given. */
export function choiceOf<C extends string>(name: string, value: Values[string], choices: readonly C[]): C | null {
  if (typeof value !== 'string') return null
  const chosen = choices.find((choice) => choice === value)
  if (chosen === undefined) throw new UsageError(`${name} takes one of ${choices.join(', ')}`)
  return chosen
}

/** UsageError when more than one of these options is given. */
export function atMostOne(values: Values, ...names: readonly string[]): void {
  const given = names.filter((name) => values[name] !== undefined)
  if (given.length > 1) throw new UsageError(`--${given[0]} and --${given[1]} do not go together`)
}
