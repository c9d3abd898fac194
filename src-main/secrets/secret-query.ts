import type { SecretSortColumn } from '../../src-shared/contract/secret-window'
import { secretStates, type SecretState, type SecretTemplate, type SecretType } from '../../src-shared/model/secrets'
import type { FoundSlots } from '../keystore/search-text'
import { fold, parseSearch, type SearchTerm } from './search-terms'
import type { SecretRecord } from './secret-record'
import { statesOf } from './secret-states'

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
  readonly record: SecretRecord
  readonly slot: number
}

type Test = (entry: Searched) => boolean

type Find = (needle: string) => FoundSlots

/** The text of a secret that words are looked for in. NUL cannot be searched for, so no text matches across two parts. */
export function searchTextOf({ name, description, tags, publicValues }: SecretRecord): string {
  if (tags.length === 0 && publicValues.size === 0) return `${name}\0${description}`
  return [name, description, ...tags.map(({ key, value }) => `${key}=${value}`), ...publicValues.values()].join('\0')
}

/** Two queries with the same text have the same answer, as long as no secret changes and the minute is the same. */
export function queryText(query: SecretQuery, nowMs: number): string {
  return JSON.stringify([query.search, query.folder, query.states, query.secretTypes, query.templates, query.onlyFavourites, query.sortBy, query.descending, Math.floor(nowMs / 60_000)])
}

/** What a secret must pass to be found. `find` gives the slots whose search text has a word. */
export function testsOf(query: SecretQuery, nowMs: number, find: Find): Test[] {
  const { search, folder = '', states = [], secretTypes = [], templates = [], onlyFavourites = false } = query
  const terms = parseSearch(search)
  // First what costs least and leaves fewest.
  const tests: Test[] = terms.map((term) => termTest(term, nowMs, find))
  if (states.length > 0) tests.push(({ record }) => statesOf(record, nowMs).some((state) => states.includes(state)))
  else if (!terms.some(asksForDeleted)) tests.push(({ record }) => record.deletesAt === null)
  if (folder !== '') tests.push(({ record }) => record.name.startsWith(`${folder}/`))
  if (secretTypes.length > 0) tests.push(({ record }) => secretTypes.includes(record.secretType))
  if (templates.length > 0) tests.push(({ record }) => record.template !== null && templates.includes(record.template))
  if (onlyFavourites) tests.push(({ record }) => record.isFavourite)
  return tests
}

function asksForDeleted({ prefix, text, isExcluded }: SearchTerm): boolean {
  return prefix === 'is' && !isExcluded && 'deleted'.startsWith(text)
}

function termTest(term: SearchTerm, nowMs: number, find: Find): Test {
  const test = bareTest(term, nowMs, find)
  return term.isExcluded ? (entry) => !test(entry) : test
}

function bareTest({ prefix, text }: SearchTerm, nowMs: number, find: Find): Test {
  if (prefix === null) return anywhere(text, find)
  if (prefix === 'field') return fieldTest(text)
  if (prefix === 'type') return ({ record }) => record.secretType.toLowerCase().startsWith(text) || (record.template?.startsWith(text) ?? false)
  if (prefix === 'is') return stateTest(text, nowMs)
  // Names and tags are in the text that is searched, so that most secrets need no second look.
  const isThere = anywhere(text, find)
  if (prefix === 'name') return (entry) => isThere(entry) && fold(entry.record.name).includes(text)
  return (entry) => isThere(entry) && entry.record.tags.some(({ key, value }) => fold(`${key}=${value}`).includes(text))
}

function anywhere(text: string, find: Find): Test {
  const slots = find(text)
  return ({ slot }) => slots.has(slot)
}

/** The beginning of a state is enough. */
function stateTest(text: string, nowMs: number): Test {
  const states = secretStates.filter((name) => name.startsWith(text))
  const isFavouriteAsked = ['favourite', 'favorite'].some((name) => name.startsWith(text))
  return ({ record }) => (isFavouriteAsked && record.isFavourite) || (states.length > 0 && statesOf(record, nowMs).some((state) => states.includes(state)))
}

/** `name` or `name=text`, for the value of a field that is not secret. */
function fieldTest(wanted: string): Test {
  const [name = '', ...rest] = wanted.split('=')
  const text = rest.length === 0 ? null : rest.join('=')
  const isNamed = remembering((fieldName) => fold(fieldName).includes(name))
  return ({ record: { fields, publicValues } }) =>
    (fields ?? []).some((field) => isNamed(field.name) && (text === null || fold(publicValues.get(field.name) ?? '').includes(text)))
}

/** As `test`, asked once for each text: many secrets have fields of the same names. */
function remembering(test: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>()
  return (text) => {
    const answer = known.get(text) ?? test(text)
    known.set(text, answer)
    return answer
  }
}
