import { aliasPrefix, aliasProblem } from '../../../src-shared/model/alias'
import { limits } from '../../../src-shared/model/limits'

/** What is wrong with an alias as typed; names of the texts below `keys.aliasProblem`. */
export type AliasFault = 'empty' | 'tooLong' | 'reserved' | 'characters'

/**
 * Null when `typed` is a good alias, otherwise what to say about it. `typed` is the name without its prefix; a prefix
 * typed or pasted along is accepted and ignored.
 */
export function aliasFault(typed: string): AliasFault | null {
  const bare = withoutPrefix(typed)
  if (aliasProblem(aliasPrefix + bare) === null) return null
  if (bare === '') return 'empty'
  if (bare.length > limits.aliasChars) return 'tooLong'
  return aliasProblem(`${aliasPrefix}x${bare.slice(1)}`) === null ? 'reserved' : 'characters'
}

/** The full alias name of what was typed, prefix included. */
export function fullAlias(typed: string): string {
  return aliasPrefix + withoutPrefix(typed)
}

function withoutPrefix(typed: string): string {
  const name = typed.trim()
  return name.startsWith(aliasPrefix) ? name.slice(aliasPrefix.length) : name
}
