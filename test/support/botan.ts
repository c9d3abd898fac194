import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The tests of test/vectors/gbt/botan-<name>.vec: each the fields said so far, closed by a line of the field `last`.
 * A later line of the same name replaces the earlier one, as Botan reads its files.
 */
export function botanCases<Fields extends string>(name: string, last: Fields): Record<Fields, string>[] {
  const path = fileURLToPath(new URL(`../vectors/gbt/botan-${name}.vec`, import.meta.url))
  const cases: Record<Fields, string>[] = []
  const fields: Record<string, string> = {}
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, field, value = ''] = /^(\w+)\s*=\s*(\w*)$/.exec(line.trim()) ?? []
    if (field === undefined) continue
    fields[field] = value
    if (field === last) cases.push({ ...fields } as Record<Fields, string>)
  }
  return cases
}
