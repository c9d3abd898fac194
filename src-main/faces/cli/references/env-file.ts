import { KmsError } from '../../../../src-shared/errors'

const assignment = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/y
const blank = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y
const singleQuoted = /'([^']*)'/y
const doubleQuoted = /"((?:[^"\\]|\\[^])*)"/y
const unquoted = /(?!['"])(?:[^\s#]|[ \t]+[^\s#]|(?<=[^\s])#)*/y
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/**
 * Reads an env file: `NAME=VALUE` lines, `export` before them, comments after `#` at the beginning or after a space.
 * A value in single quotes is as it stands; in double quotes `\n`, `\r`, `\t` and `\` before any other character are
 * escapes; both may go over several lines. Nothing is expanded. INVALID_PARAMETER names the line that cannot be read.
 */
export function parseEnvFile(text: string, fileName: string): Map<string, string> {
  const variables = new Map<string, string>()
  let at = text.startsWith('\uFEFF') ? 1 : 0
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
    if (name === undefined || value === undefined || !take(blank)) {
      throw new KmsError('INVALID_PARAMETER', `${fileName}, line ${text.slice(0, start).split('\n').length}: not NAME=VALUE.`)
    }
    variables.set(name, value)
  }
  return variables
}

function takeValue(take: (pattern: RegExp) => RegExpExecArray | null): string | undefined {
  const single = take(singleQuoted)
  if (single) return single[1] ?? ''
  const double = take(doubleQuoted)
  if (double) return (double[1] ?? '').replaceAll(/\\([^])/g, (_, escaped: string) => escapes[escaped] ?? escaped)
  return take(unquoted)?.[0]
}
