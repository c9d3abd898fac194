import type { SecretSortColumn } from '../../src-shared/contract/secret-window'
import { secretStates, type SecretState, type SecretTemplate, type SecretType } from '../../src-shared/model/secrets'
import type { SearchText } from '../keystore/search-text'
import { fold, parseSearch, type SearchTerm } from './search-terms'
import type { SecretRecord } from './secret-record'
import { isInState } from './secret-states'
import type { SecretSummary } from './secret-summary'

export { fold } from './search-terms'

/** What searchSecrets asks for; an empty list takes every one, but without states none from the recycle bin. */
export interface SecretQuery {
  search: string
  folder?: string
  states?: readonly SecretState[]
  secretTypes?: readonly SecretType[]
  templates?: readonly SecretTemplate[]
  onlyFavourites?: boolean
  sortBy: SecretSortColumn
  descending: boolean
}

/** A secret as the search sees it. */
interface Searched {
  readonly summary: SecretSummary
  readonly slot: number
  readonly isDeleted: boolean
}

type Test = (entry: Searched) => boolean

/** The folded texts of all secrets, by slot. */
export type SearchedTexts = Pick<SearchText, 'find' | 'folded'>

/** What a search looks into: names, descriptions, tags and values; and the fields. */
export interface Searchables {
  readonly words: SearchedTexts
  readonly fields: SearchedTexts
}

/** Begins a part of the text that is a tag. NUL and this cannot be typed, so no text matches across two parts. */
const tagMark = '\x01'
/** Stands behind the name of each field, and before its value. */
const fieldMark = '\x02'

/** The text of a secret that words are looked for in. */
export function searchTextOf({ name, description, tags, publicValues }: SecretRecord): string {
  if (tags.length === 0 && publicValues.size === 0) return `${name}\0${description}`
  return [name, description, ...tags.map(({ key, value }) => `${tagMark}${key}=${value}`), ...publicValues.values()].join('\0')
}

/** The text of a secret that fields are looked for in: first the names of all, then each with the value that is not secret. */
export function fieldTextOf({ fields, publicValues }: SecretRecord): string {
  if (fields === null) return ''
  const names = fields.map(({ name }) => name + fieldMark).join('')
  return [names, ...[...publicValues].map(([name, value]) => name + fieldMark + value)].join('\0')
}

/** Two queries with the same text have the same answer, as long as no secret changes and the minute is the same. */
export function queryText(query: SecretQuery, nowMs: number): string {
  return JSON.stringify([query.search, query.folder, query.states, query.secretTypes, query.templates, query.onlyFavourites, query.sortBy, query.descending, Math.floor(nowMs / 60_000)])
}

/** What a secret must pass to be found. */
export function testsOf(query: SecretQuery, nowMs: number, texts: Searchables): Test[] {
  const { search, folder = '', states = [], secretTypes = [], templates = [], onlyFavourites = false } = query
  const terms = parseSearch(search)
  // First what costs least and leaves fewest.
  const tests: Test[] = terms.map((term) => termTest(term, nowMs, texts))
  if (states.length > 0) tests.push(({ summary }) => states.some((state) => isInState(summary, state, nowMs)))
  else if (!terms.some(asksForDeleted)) tests.push(({ isDeleted }) => !isDeleted)
  if (folder !== '') tests.push(({ summary }) => summary.name.startsWith(`${folder}/`))
  if (secretTypes.length > 0) tests.push(({ summary }) => secretTypes.includes(summary.secretType))
  if (templates.length > 0) tests.push(({ summary }) => summary.template !== null && templates.includes(summary.template))
  if (onlyFavourites) tests.push(({ summary }) => summary.isFavourite)
  return tests
}

function asksForDeleted({ prefix, text, isExcluded }: SearchTerm): boolean {
  return prefix === 'is' && !isExcluded && 'deleted'.startsWith(text)
}

function termTest(term: SearchTerm, nowMs: number, texts: Searchables): Test {
  const test = bareTest(term, nowMs, texts)
  return term.isExcluded ? (entry) => !test(entry) : test
}

function bareTest({ prefix, text }: SearchTerm, nowMs: number, { words, fields }: Searchables): Test {
  if (prefix === null) return anywhere(text, words)
  if (prefix === 'field') return fieldTest(text, fields)
  if (prefix === 'type') return ({ summary }) => summary.secretType.toLowerCase().startsWith(text) || (summary.template?.startsWith(text) ?? false)
  if (prefix === 'is') return stateTest(text, nowMs)
  if (prefix === 'name') return ({ summary }) => fold(summary.name).includes(text)
  const isThere = anywhere(text, words)
  return (entry) => isThere(entry) && words.folded(entry.slot).split('\0').some((part) => part.startsWith(tagMark) && part.includes(text))
}

function anywhere(text: string, texts: SearchedTexts): Test {
  const slots = texts.find(text)
  return ({ slot }) => slots.has(slot)
}

/** The beginning of a state is enough. */
function stateTest(text: string, nowMs: number): Test {
  const states = secretStates.filter((name) => name.startsWith(text))
  const isFavouriteAsked = ['favourite', 'favorite'].some((name) => name.startsWith(text))
  return ({ summary }) => (isFavouriteAsked && summary.isFavourite) || states.some((state) => isInState(summary, state, nowMs))
}

/** `name` or `name=text`, for the value of a field that is not secret. */
function fieldTest(wanted: string, fields: SearchedTexts): Test {
  const [name = '', ...rest] = wanted.split('=')
  const value = rest.join('=')
  const isThere = anywhere(name === '' ? fieldMark : name, fields)
  // The names of all fields come first, so that the first place of a name is among them or it is none's.
  const isNamed = (text: string) => {
    const [at, end] = [text.indexOf(name), text.indexOf('\0')]
    return at >= 0 && (end < 0 || at < end)
  }
  if (rest.length === 0) return (entry) => isThere(entry) && isNamed(fields.folded(entry.slot))
  return (entry) => isThere(entry) && fields.folded(entry.slot).split('\0').slice(1).some((part) => hasValue(part, name, value))
}

function hasValue(part: string, name: string, value: string): boolean {
  const end = part.indexOf(fieldMark)
  return part.slice(0, end).includes(name) && part.includes(value, end + 1)
}
