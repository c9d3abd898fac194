import type { ImportRow } from '../../../src-shared/contract/secret-exchange'
import { newSecret, noteUse } from './secret-operations'
import { wait, type FakeOperations, type FakeState } from './state'
import { refuse } from './refuse'

type ExchangeName = 'previewSecretImport' | 'remapSecretImport' | 'listImportRows' | 'runSecretImport' | 'listImportResults' | 'cancelSecretImport' | 'exportSecrets'

const found = [
  { title: 'Forum', name: 'shops/forum', template: 'login', fields: ['username', 'password', 'url'] },
  { title: 'GitHub', name: 'work/github', template: 'login', fields: ['username', 'password', 'url', 'totp'] },
  { title: 'Licence key (2024)', name: 'software/licence-key-2024', template: 'note', fields: ['note'] },
  { title: 'Empty entry', name: 'software/empty-entry', template: null, fields: [] },
] as const

/** Import and export of the fake main: every file holds the same four entries; the password is `secret` where one is asked for. */
export function secretExchangeOperations(state: FakeState): Pick<FakeOperations, ExchangeName> {
  let previews = 0
  let open: { importId: string; rows: ImportRow[]; hasRun: boolean; isStopped: boolean; results: { index: number; name: string; result: string; code: string | null; problems: string[] }[] } | null = null
  const current = (importId: string) => (open?.importId === importId ? open : refuse('IMPORT_NOT_FOUND'))
  const statusOf = (name: string, fields: readonly string[]) => (fields.length === 0 ? 'refused' : state.secrets.some((secret) => secret.name === name) ? 'taken' : 'new')
  const rowsIn = (folder: string): ImportRow[] =>
    found.map(({ title, name, template, fields }, index) => {
      const full = folder === '' ? name : `${folder}/${name}`
      const status = statusOf(full, fields)
      return { index, title, name: full, template, fields: [...fields], attachments: index === 1 ? 1 : 0, versions: 1, status, problems: status === 'refused' ? ['has no value'] : index === 2 ? ['the name was changed to fit'] : [] }
    })
  const countsOf = (rows: readonly ImportRow[]) => {
    const count = (status: ImportRow['status']) => rows.filter((row) => row.status === status).length
    return { total: rows.length, counts: { new: count('new'), taken: count('taken'), refused: count('refused') } }
  }
  return {
    async previewSecretImport({ format = 'auto', password, folder = '', columns }) {
      if (format === 'kdbx' && (password === undefined || new TextDecoder().decode(password) !== 'secret')) refuse('IMPORT_PASSWORD')
      await wait(state.kdfMs)
      open = { importId: `import-${++previews}`, rows: rowsIn(folder), hasRun: false, isStopped: false, results: [] }
      const titles = [['Title', 'name'], ['Login', 'username'], ['Password', 'password'], ['Comment', 'notes']] as const
      return {
        importId: open.importId, format: format === 'auto' ? 'csv' : format, ...countsOf(open.rows),
        columns: format === 'csv' || format === 'auto' ? titles.map(([title, role], at) => ({ title, role: columns?.[at] ?? role, filled: 4 - at })) : null,
      }
    },
    async remapSecretImport({ importId, folder = '' }) {
      const entry = current(importId)
      entry.rows = rowsIn(folder)
      return countsOf(entry.rows)
    },
    async listImportRows({ importId, offset = 0, count = 100 }) {
      const { rows } = current(importId)
      return { total: rows.length, rows: rows.slice(offset, offset + count) }
    },
    async runSecretImport({ importId, skip = [], onNameTaken = 'skip' }) {
      const entry = current(importId)
      if (entry.hasRun) refuse('IMPORT_NOT_FOUND')
      entry.hasRun = true
      for (const row of entry.rows) {
        state.emit('secretWorkChanged', { work: 'import', done: row.index, total: entry.rows.length })
        await wait(state.kdfMs / 4)
        const isLeft = entry.isStopped || skip.includes(row.index) || (row.status === 'taken' && onNameTaken === 'skip')
        const result = row.status === 'refused' ? 'failed' : isLeft ? 'skipped' : row.status === 'taken' && onNameTaken === 'new-version' ? 'new-version' : 'created'
        const name = row.status === 'taken' && onNameTaken === 'rename' ? `${row.name}-2` : row.name
        if (result === 'created') state.secrets = [{ ...newSecret(state, name), template: row.template }, ...state.secrets]
        entry.results.push({ index: row.index, name, result, code: result === 'failed' ? 'INVALID_PARAMETER' : null, problems: row.problems })
      }
      noteUse(state, 'runSecretImport', '')
      state.emit('secretsChanged', { secretName: null })
      const count = (result: string) => entry.results.filter((other) => other.result === result).length
      return { created: count('created'), newVersions: count('new-version'), skipped: count('skipped'), failed: count('failed') }
    },
    async listImportResults({ importId, offset = 0, count = 100, onlyProblems = false }) {
      const results = current(importId).results.filter(({ result, problems }) => !onlyProblems || result === 'failed' || problems.length > 0)
      return { total: results.length, results: results.slice(offset, offset + count) }
    },
    async cancelSecretImport({ importId }) {
      const entry = current(importId)
      entry.isStopped = true
      if (!entry.hasRun) open = null
      return {}
    },
    async exportSecrets({ format, folder = '', confirmPlain = false }) {
      if (format !== 'kdbx' && !confirmPlain) refuse('INVALID_PARAMETER', { fields: [{ field: 'confirmPlain', problem: 'must be true for plain text' }] })
      await wait(state.kdfMs)
      const inside = state.secrets.filter(({ name, plannedDeleteTime }) => plannedDeleteTime === null && (folder === '' || name.startsWith(`${folder}/`)))
      const leftOut = format === 'kdbx' ? [] : inside.filter(({ fields }) => fields === null).map(({ name }) => ({ name, problem: 'is not a set of fields' }))
      return { exported: inside.length - leftOut.length, leftOut }
    },
  }
}
