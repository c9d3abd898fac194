import { limits } from './limits'

/** Every alias is named with this prefix (kms-api 1.8). */
export const aliasPrefix = 'alias/'

/** Reserved for the cloud's own service keys. */
export const reservedAliasPrefix = 'alias/acs'

/** Names the key of the secrets for which no key was chosen. Made with that key, and never moved or deleted. */
export const defaultSecretsAlias = 'alias/acs/secrets'

/**
 * Null when `name` is a valid alias name, otherwise a fixed phrase saying what is wrong. Grammar as documented by the
 * KMS: `alias/` and 1 to 255 letters, digits, underscores, hyphens and slashes; letters are ASCII and case counts.
 */
export function aliasProblem(name: string): string | null {
  return aliasFormProblem(name) ?? (name.startsWith(reservedAliasPrefix) ? 'must not begin with alias/acs, which is reserved' : null)
}

/** As aliasProblem(), for any alias that a key may have, also a reserved one. */
export function aliasFormProblem(name: string): string | null {
  if (!name.startsWith(aliasPrefix)) return 'must begin with alias/'
  const bare = name.slice(aliasPrefix.length)
  if (bare.length === 0) return 'must have a name after alias/'
  if (bare.length > limits.aliasChars) return `must have at most ${limits.aliasChars} characters after alias/`
  if (!/^[A-Za-z0-9_/-]+$/.test(bare)) return 'must have only letters, digits, underscores, hyphens and slashes'
  return null
}

/** The name as people read it, without the prefix. */
export function bareAlias(name: string): string {
  return name.startsWith(aliasPrefix) ? name.slice(aliasPrefix.length) : name
}
