import type { ExportProblem } from '../../../../src-shared/model/import-problems'
import { joinBytes } from '../../../crypto/bytes'
import { readStringObject, zeroMembers } from '../../json-bytes'
import type { ExportedSecret } from '../exported'

/** Variables of a secret as lines, and what stays behind. */
export interface EnvLines {
  /** For the caller to zero. */
  readonly bytes: Uint8Array
  readonly problems: readonly ExportProblem[]
}

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/
const [singleQuote, doubleQuote, backslash, dollar, backquote] = [0x27, 0x22, 0x5c, 0x24, 0x60]
const escapes: ReadonlyMap<number, string> = new Map([[0x0a, '\\n'], [0x0d, '\\r'], [doubleQuote, '\\"'], [backslash, '\\\\'], [dollar, '\\$'], [backquote, '\\`']])

/**
 * The lines `NAME=value` of a secret; `taken` are the names of the secrets before it, to which its own are added. The
 * fields of an env secret keep their names; those of others are named after the secret, as `SHOP_PASSWORD`, and a value
 * without fields is named by the secret alone. Values are in single quotes, or in double quotes with escapes where they
 * have a single quote or a carriage return. No text is made of a value.
 */
export function envLines({ name, template, versions }: ExportedSecret, taken: Set<string>): EnvLines {
  const current = versions.at(-1)
  if (!current || current.dataType === 'binary') return { bytes: new Uint8Array(0), problems: ['is binary'] }
  const members = readStringObject(current.data)
  const own = (name.split('/').at(-1) ?? '').toUpperCase()
  const problems = new Set<ExportProblem>()
  const parts: Uint8Array[] = []
  for (const { name: field, value } of members ?? [{ name: '', value: current.data }]) {
    const variable = template === 'env' ? field : plain(field === '' ? own : `${own}_${field.toUpperCase()}`)
    if (!variableName.test(variable)) problems.add('a field has no name that a variable may have')
    else if (taken.has(variable)) problems.add('a variable of this name is there already')
    else {
      taken.add(variable)
      parts.push(Buffer.from(`${variable}=`), quoted(value), Buffer.from('\n'))
    }
  }
  const bytes = joinBytes(parts)
  for (const part of parts) part.fill(0)
  zeroMembers(members)
  return { bytes, problems: [...problems] }
}

function plain(name: string): string {
  return name.replaceAll(/[^A-Z0-9_]/g, '_').replace(/^(?=\d)/, '_')
}

function quoted(value: Uint8Array): Uint8Array {
  const isLiteral = !value.includes(singleQuote) && !value.includes(0x0d)
  if (isLiteral) return joinBytes([Uint8Array.of(singleQuote), value, Uint8Array.of(singleQuote)])
  const parts: Uint8Array[] = [Uint8Array.of(doubleQuote)]
  let start = 0
  for (let at = 0; at < value.length; at++) {
    const escape = escapes.get(value[at] ?? 0)
    if (escape === undefined) continue
    parts.push(value.subarray(start, at), Buffer.from(escape))
    start = at + 1
  }
  return joinBytes([...parts, value.subarray(start), Uint8Array.of(doubleQuote)])
}
