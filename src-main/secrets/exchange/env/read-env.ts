import { tooLarge, unreadable } from '../import-errors'
import { FieldList } from '../field-list'
import { plainImport, type ImportedSecret } from '../imported'
import { textOf } from '../text-bytes'

const assignment = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/y
const blank = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y
const singleQuoted = /'([^']*)'/y
const doubleQuoted = /"((?:[^"\\]|\\[^])*)"/y
const backQuoted = /`([^`]*)`/y
const unquoted = /(?!['"`])(?:[^\s#]|[ \t]+[^\s#]|(?<=\S)#)*/y
const restOfLine = /[^\n]*(?:\n|$)/y
/** Far more than a secret may have. */
const mostBytes = 1024 * 1024
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$', '`': '`' }

/**
 * A file of variables (borrowed) as one secret, named after the file: `NAME=VALUE` lines, `export` before them, comments,
 * values in single, double or back quotes over several lines. In double quotes `\n`, `\r`, `\t` and escaped quotes,
 * backslashes and dollar signs are what they stand for; nothing is expanded. Of a name that comes twice the last one
 * counts. IMPORT_UNREADABLE when there is no variable at all,
 * IMPORT_TOO_LARGE.
 */
export function readEnv(file: Uint8Array, fileName: string): ImportedSecret {
  if (file.length > mostBytes) throw tooLarge()
  const { variables, areAllRead } = variablesIn(textOf(file).replaceAll('\r\n', '\n'))
  if (variables.size === 0) throw unreadable()
  const list = new FieldList()
  for (const [name, value] of variables) list.add(name, 'password', value, true)
  const problems = areAllRead ? [...list.problems] : [...list.problems, 'a line could not be read' as const]
  return { ...plainImport, title: fileName, template: 'env', fields: list.all, problems }
}

/** Whether the first line that says anything sets a variable. */
export function looksLikeEnv(text: string): boolean {
  const line = text.split('\n').find((one) => one.trim() !== '' && !one.trim().startsWith('#')) ?? ''
  assignment.lastIndex = 0
  return assignment.test(line)
}

function variablesIn(text: string): { variables: ReadonlyMap<string, string>; areAllRead: boolean } {
  const variables = new Map<string, string>()
  let [at, areAllRead] = [0, true]
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at = pattern.lastIndex
    return match
  }
  while (at < text.length) {
    if (take(blank)) continue
    const start = at
    const name = take(assignment)?.[1]
    const value = name === undefined ? undefined : takeValue(take)
    if (name !== undefined && value !== undefined && take(blank)) {
      variables.delete(name)
      variables.set(name, value)
      continue
    }
    areAllRead = false
    at = start
    take(restOfLine)
  }
  return { variables, areAllRead }
}

function takeValue(take: (pattern: RegExp) => RegExpExecArray | null): string | undefined {
  const literal = take(singleQuoted) ?? take(backQuoted)
  if (literal) return literal[1] ?? ''
  const double = take(doubleQuoted)
  if (double) return (double[1] ?? '').replaceAll(/\\([^])/g, (whole, escaped: string) => escapes[escaped] ?? whole)
  return take(unquoted)?.[0]
}
