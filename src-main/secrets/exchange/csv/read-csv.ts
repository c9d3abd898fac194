import { parse } from 'csv-parse/sync'
import type { CsvRole } from '../../../../src-shared/contract/secret-exchange'
import { invalidParameter } from '../../../../src-shared/errors'
import { tooLarge, unreadable } from '../import-errors'
import type { ImportedSecret } from '../imported'
import { textOf } from '../text-bytes'
import { guessedRoles } from './columns'
import { secretOfRow } from './row'

/** A column as the preview tells it. */
export interface CsvColumn {
  readonly title: string
  readonly role: CsvRole
  /** Rows that have something in it. */
  readonly filled: number
}

const delimiters = [',', ';', '\t', '|'] as const
const mostRows = 200_000
const mostColumns = 200

/**
 * The rows of a CSV file (borrowed) whose first row has the titles of the columns. The delimiter is found by itself, cells
 * may go over several lines. `given` are the roles of the columns; otherwise they are guessed from the titles.
 * IMPORT_UNREADABLE, IMPORT_TOO_LARGE, INVALID_PARAMETER (columns) when there are not as many roles as columns.
 */
export function readCsv(file: Uint8Array, given?: readonly CsvRole[]): { secrets: ImportedSecret[]; columns: CsvColumn[] } {
  const [titles = [], ...rows] = recordsOf(file)
  if (titles.length > mostColumns || rows.length > mostRows) throw tooLarge()
  if (titles.length === 0) throw unreadable()
  if (given && given.length !== titles.length) throw invalidParameter('columns', `must have a role for each of the ${titles.length} columns`)
  const roles = given ?? guessedRoles(titles)
  const columns = titles.map((title, at) => ({ title, role: roles[at] ?? 'ignore', filled: rows.filter((row) => (row[at] ?? '') !== '').length }))
  return { secrets: rows.map((row) => secretOfRow(row, columns)), columns }
}

/** Whether the first line of a text has columns. */
export function looksLikeCsv(text: string): boolean {
  const [line = ''] = text.split('\n', 1)
  return delimiters.some((delimiter) => line.includes(delimiter))
}

function recordsOf(file: Uint8Array): string[][] {
  const text = textIn(file)
  try {
    return parse(text, { delimiter: delimiterOf(text), relaxColumnCount: true, skipEmptyLines: true, skipRecordsWithEmptyValues: true, to: mostRows + 2 })
  } catch {
    throw unreadable()
  }
}

/** Spreadsheets also write UTF-16. */
function textIn(file: Uint8Array): string {
  const [first, second] = file
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(file)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(file)
  return textOf(file)
}

/** The one that is most often in the first row, outside of quotes. */
function delimiterOf(text: string): string {
  const counts = new Map<string, number>(delimiters.map((delimiter) => [delimiter, 0]))
  let isQuoted = false
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted
    if (isQuoted) continue
    if (character === '\n') break
    const count = counts.get(character)
    if (count !== undefined) counts.set(character, count + 1)
  }
  const [[first] = [','], ...rest] = [...counts]
  return rest.reduce((best, [delimiter, count]) => (count > (counts.get(best) ?? 0) ? delimiter : best), first)
}
