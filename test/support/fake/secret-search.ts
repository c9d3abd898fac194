import type { SecretRow } from '../../../src-shared/contract/secret-window'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { searchTextOf, secretRowOf } from './secret-views'
import type { FakeSecret } from './sample-secrets'
import type { FakeState } from './state'

type Query = RequestInput<'searchSecrets'>
type Test = (secret: FakeSecret, row: SecretRow) => boolean

function testOf(word: string): Test {
  if (word.startsWith('-') && word.length > 1) {
    const inner = testOf(word.slice(1))
    return (secret, row) => !inner(secret, row)
  }
  const [, key, rest = ''] = /^(tag|field|is|type):(.+)$/.exec(word) ?? []
  if (key === 'tag') return ({ tags }) => tags.some((tag) => `${tag.key}=${tag.value}`.toLowerCase().includes(rest))
  if (key === 'field') return ({ fields }) => fields?.some(({ name }) => name.toLowerCase().includes(rest)) ?? false
  if (key === 'is') return (_, { states, isFavourite }) => (rest === 'favourite' ? isFavourite : states.some((state) => state === rest))
  if (key === 'type') return (_, { secretType, template }) => secretType.toLowerCase() === rest || template === rest
  return (secret) => searchTextOf(secret).includes(word)
}

function fits(query: Query, tests: readonly Test[], secret: FakeSecret, row: SecretRow): boolean {
  const { folder = '', states = [], secretTypes = [], templates = [], onlyFavourites = false } = query
  const wanted = states.length === 0 ? !row.states.includes('deleted') : row.states.some((state) => states.includes(state))
  return (
    wanted && (folder === '' || secret.name.startsWith(`${folder}/`)) && (!onlyFavourites || secret.isFavourite) &&
    (secretTypes.length === 0 || secretTypes.includes(secret.secretType)) && (templates.length === 0 || (secret.template !== null && templates.includes(secret.template))) &&
    tests.every((test) => test(secret, row))
  )
}

function sortValue(row: SecretRow, column: NonNullable<Query['sortBy']>): string {
  if (column === 'name') return row.secretName
  if (column === 'type') return `${row.secretType} ${row.template ?? ''}`
  const dates = column === 'dueDate' ? [row.plannedDeleteTime, row.expiryDate, row.nextRotationDate] : [row[column]]
  return dates.filter((date) => date !== null).toSorted()[0] ?? '9999'
}

/** Searches as main does, but looks at every secret; the last answer is kept, so that a long list can be scrolled. */
export function secretSearch(state: FakeState): (query: Query) => readonly SecretRow[] {
  let last: { key: string; secrets: readonly FakeSecret[]; rows: readonly SecretRow[] } | null = null
  return ({ offset: _offset, count: _count, ...query }) => {
    const key = JSON.stringify(query)
    if (last?.key === key && last.secrets === state.secrets) return last.rows
    const tests = (query.search ?? '').toLowerCase().split(/\s+/).filter((word) => word !== '').map(testOf)
    const found = state.secrets.map((secret) => ({ secret, row: secretRowOf(secret, state.nowMs) })).filter(({ secret, row }) => fits(query, tests, secret, row))
    const keyed = found.map(({ row }) => ({ row, by: sortValue(row, query.sortBy ?? 'name') }))
    const rows = keyed.toSorted((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0)).map(({ row }) => row)
    if (query.descending) rows.reverse()
    last = { key, secrets: state.secrets, rows }
    return rows
  }
}
