import { KmsError } from '../../../../src-shared/errors'
import { secretLimits } from '../../../../src-shared/model/secrets'

/** What every reference begins with. */
export const referenceScheme = 'keystead://'

/** A secret, and a field of it, that a reference may mean. */
export interface ReferenceMeaning {
  secretName: string
  /** Null: the whole value. */
  field: string | null
}

/** A reference to a value (docs/cli.md, References). */
export interface SecretReference {
  /** What it may mean, in the order in which it is tried: the longest name that exists wins. */
  meanings: ReferenceMeaning[]
  stage: string | null
  version: string | null
}

const parts = /^keystead:\/\/([^?#]+)(?:\?([^?#]*))?(?:#([^?#]*))?(?:\?([^?#]*))?$/

/**
 * Reads `keystead://NAME[/FIELD][?stage=S|version=V]`, or `keystead://NAME[?...]#FIELD`. INVALID_PARAMETER says what is
 * wrong without repeating the reference.
 */
export function parseReference(reference: string): SecretReference {
  const [whole, path, queryBefore, fragment, queryAfter] = parts.exec(reference) ?? []
  if (whole === undefined || path === undefined) throw malformed('a reference is keystead://NAME[/FIELD][?stage=STAGE or ?version=VERSION]')
  if (queryBefore !== undefined && queryAfter !== undefined) throw malformed('a reference has one "?" at most')
  const meanings = meaningsOf(path, fragment)
  if (meanings.length === 0) throw malformed('a reference names a secret after keystead://, in letters, digits and _/+=.-@')
  return { meanings, ...choiceOf(queryBefore ?? queryAfter) }
}

function meaningsOf(path: string, fragment: string | undefined): ReferenceMeaning[] {
  if (fragment !== undefined) return isName(path) ? [{ secretName: path, field: fieldOf(fragment) }] : []
  const pieces = path.split('/')
  const meanings = pieces.map((_, at) => ({ secretName: pieces.slice(0, pieces.length - at).join('/'), rest: at === 0 ? null : pieces.slice(-at).join('/') }))
  return meanings
    .filter(({ secretName, rest }) => isName(secretName) && rest !== '')
    .map(({ secretName, rest }) => ({ secretName, field: rest === null ? null : decoded(rest) }))
}

/** Whether a secret could have this name; which type may have it does not matter here. */
function isName(name: string): boolean {
  return name.length <= secretLimits.nameChars && /^[\w+=.@-]+(\/[\w+=.@-]+)*$/.test(name)
}

function fieldOf(encoded: string): string {
  if (encoded === '') throw malformed('a field comes after "#"')
  return decoded(encoded)
}

function choiceOf(query: string | undefined): Pick<SecretReference, 'stage' | 'version'> {
  if (query === undefined) return { stage: null, version: null }
  const [, kind, value] = /^(stage|version)=([^&]+)$/.exec(query) ?? []
  if (kind === undefined || value === undefined) throw malformed('after "?" a reference has stage=STAGE or version=VERSION')
  return kind === 'stage' ? { stage: decoded(value), version: null } : { stage: null, version: decoded(value) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('"%" in a reference stands before two hexadecimal digits')
  }
}

function malformed(problem: string): KmsError {
  return new KmsError('INVALID_PARAMETER', `Not a reference: ${problem}.`)
}
