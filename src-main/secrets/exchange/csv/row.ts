import type { CsvRole } from '../../../../src-shared/contract/secret-exchange'
import type { ImportProblem } from '../../../../src-shared/model/import-problems'
import { FieldList } from '../field-list'
import { plainImport, type ImportedSecret } from '../imported'
import { fieldsFor, guessedTemplate } from '../templates'
import type { CsvColumn } from './read-csv'

/** What a spreadsheet would take for a formula. */
const formula = /^[=+\-@\t\r]/
/** LastPass: the address of what is no login. */
const noAddress = 'http://sn'

/** A row by the roles of its columns. Every cell is text, whatever a spreadsheet would make of it. */
export function secretOfRow(row: readonly string[], columns: readonly CsvColumn[]): ImportedSecret {
  const cells = columns.map(({ title, role }, at) => ({ title, role, text: row[at] ?? '' })).filter(({ role }) => role !== 'ignore')
  const textsOf = (role: CsvRole) => cells.filter((cell) => cell.role === role && cell.text !== '').map(({ text }) => text)
  const first = (role: CsvRole) => textsOf(role)[0] ?? ''
  const list = new FieldList()
  const title = first('name')
  list.add('username', 'text', first('username'), false)
  list.add('password', 'password', first('password'), true)
  textsOf('url').filter((url) => url !== noAddress).forEach((url, at) => list.add(at === 0 ? 'url' : `url-${at + 1}`, 'url', url, false))
  list.addTotp(first('totp'), { title, account: first('username') })
  list.add('notes', 'multiline', first('notes'), true)
  for (const { title: name, role, text } of cells) {
    if (role === 'field' || role === 'secret-field') list.add(name, role === 'field' ? 'text' : 'password', text, role === 'secret-field')
  }
  const problems = new Set<ImportProblem>(list.problems)
  if (cells.some(({ text }) => formula.test(text))) problems.add('a cell begins like a formula; kept as text')
  const template = guessedTemplate(list.all)
  return {
    ...plainImport,
    title,
    folders: foldersOf(first('folder')),
    template,
    tags: textsOf('tags').flatMap((text) => text.split(/[;,]/)).map((tag) => tag.trim()).filter((tag) => tag !== ''),
    fields: fieldsFor(template, list.all),
    problems: [...problems],
  }
}

/** `/` and `\` are between folders; the root of a KeePassXC file is none. */
function foldersOf(text: string): string[] {
  const parts = text.split(/[/\\]/).map((part) => part.trim()).filter((part) => part !== '')
  return parts[0] === 'Root' ? parts.slice(1) : parts
}
