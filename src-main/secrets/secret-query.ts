import type { SecretSortColumn } from '../../src-shared/contract/secret-window'
import { secretStates, type SecretState, type SecretTemplate, type SecretType } from '../../src-shared/model/secrets'
import type { FoundSlots } from '../keystore/search-text'
import type { SecretRecord } from './secret-record'
import { statesOf } from './secret-states'

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

const narrowed = /^(tag|field|is|type):(.+)$/

/** The form of text that is searched. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

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
export function testsOf(query: SecretQuery, nowMs: number, find: (needle: string) => FoundSlots): Test[] {
  const { search, folder = '', states = [], secretTypes = [], templates = [], onlyFavourites = false } = query
  const words = fold(search).split(/\s+/).filter(Boolean)
  // First what costs least and leaves fewest.
  const tests: Test[] = words.map((word) => wordTest(word, nowMs, find))
  if (states.length > 0) tests.push(({ record }) => statesOf(record, nowMs).some((state) => states.includes(state)))
  else if (!words.includes('is:deleted')) tests.push(({ record }) => record.deletesAt === null)
  if (folder !== '') tests.push(({ record }) => record.name.startsWith(`${folder}/`))
  if (secretTypes.length > 0) tests.push(({ record }) => secretTypes.includes(record.secretType))
  if (templates.length > 0) tests.push(({ record }) => record.template !== null && templates.includes(record.template))
  if (onlyFavourites) tests.push(({ record }) => record.isFavourite)
  return tests
}

function wordTest(word: string, nowMs: number, find: (needle: string) => FoundSlots): Test {
  const isExcluded = word.length > 1 && word.startsWith('-')
  const [, kind, wanted] = narrowed.exec(isExcluded ? word.slice(1) : word) ?? []
  const test = kind === undefined || wanted === undefined ? plainTest(isExcluded ? word.slice(1) : word, find) : narrowTest(kind, wanted, nowMs)
  return isExcluded ? (entry) => !test(entry) : test
}

function plainTest(word: string, find: (needle: string) => FoundSlots): Test {
  const slots = find(word)
  return ({ slot }) => slots.has(slot)
}

function narrowTest(kind: string, wanted: string, nowMs: number): Test {
  if (kind === 'tag') return ({ record }) => record.tags.some(({ key, value }) => fold(`${key}=${value}`).includes(wanted))
  if (kind === 'field') return ({ record }) => hasField(record, wanted)
  if (kind === 'type') return ({ record }) => record.secretType.toLowerCase() === wanted || record.template === wanted
  if (wanted === 'favourite') return ({ record }) => record.isFavourite
  const state = secretStates.find((name) => name === wanted)
  return ({ record }) => state !== undefined && statesOf(record, nowMs).includes(state)
}

/** `field:name` or `field:name=text`, for the value of a field that is not secret. */
function hasField({ fields, publicValues }: SecretRecord, wanted: string): boolean {
  const [name = '', ...rest] = wanted.split('=')
  const named = (fields ?? []).filter((field) => fold(field.name).includes(name))
  if (rest.length === 0) return named.length > 0
  const text = rest.join('=')
  return named.some((field) => fold(publicValues.get(field.name) ?? '').includes(text))
}
