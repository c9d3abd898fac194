import type { RequestInput } from '../../../../src-shared/contract/operations'

export const characterClasses = ['lowercase', 'uppercase', 'numbers', 'symbols'] as const
export type CharacterClass = (typeof characterClasses)[number]

/** Least and most of what main generates. */
export const generatorRanges = { length: { min: 4, max: 128 }, words: { min: 3, max: 20 } } as const

/** What the generator is asked for, both kinds side by side, so that changing the kind forgets nothing. */
export interface GeneratorOptions {
  kind: 'characters' | 'words'
  length: number
  classes: CharacterClass[]
  excludeCharacters: string
  excludeLookAlikes: boolean
  words: number
  separator: string
  capitalise: boolean
  includeNumber: boolean
}

export const defaultOptions = (): GeneratorOptions => ({
  kind: 'characters',
  length: 20,
  classes: [...characterClasses],
  excludeCharacters: '',
  excludeLookAlikes: false,
  words: 7,
  separator: '-',
  capitalise: false,
  includeNumber: false,
})

/** The request for these options; null while nothing can be generated from them. */
export function generatorRequest(options: GeneratorOptions): RequestInput<'generateSecretValue'> | null {
  const { kind, length, classes, excludeCharacters, excludeLookAlikes, words, separator, capitalise, includeNumber } = options
  if (kind === 'words') return isWithin(words, generatorRanges.words) ? { kind, words, separator, capitalise, includeNumber } : null
  if (classes.length === 0 || !isWithin(length, generatorRanges.length)) return null
  return { kind, length, classes: characterClasses.filter((each) => classes.includes(each)), excludeCharacters, excludeLookAlikes }
}

export type EntropyWord = 'poor' | 'weak' | 'good' | 'excellent'

/** How good that many bits of chance are: 75 resist who owns a data centre for years, 100 anybody. */
export function entropyWord(bits: number): EntropyWord {
  if (bits < 40) return 'poor'
  if (bits < 75) return 'weak'
  return bits < 100 ? 'good' : 'excellent'
}

function isWithin(value: number, { min, max }: { min: number; max: number }): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}
