import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { flagsOf, operationNames } from '../../src-shared/contract/catalog'
import { guideAreas, guideOf } from '../../src-shared/contract/guide'
import { operations } from '../../src-shared/contract/operations'
import { kmsName } from '../../src-main/faces/kms/names'
import { operationsText } from '../../src-main/faces/cli/commands/operations'
import { referencePage } from '../../src-main/faces/kms/reference-page'
import { requestFromKms } from '../../src-main/faces/kms/request-mapping'
import { projectRoot } from '../support/source-files'

const onCommandLine = operationNames.filter((operation) => flagsOf(operation).faces.includes('cli'))

test('docs/operations.md is what the contract says (npm run docs)', () => {
  expect(readFileSync(join(projectRoot, 'docs/operations.md'), 'utf8')).toBe(referencePage())
})

test('the guide has every operation of the command line once, and no other', () => {
  const guided = Object.values(guideAreas).flatMap((area) => Object.keys(area))
  expect(guided.toSorted()).toEqual(onCommandLine.toSorted())
})

test('the command line lists every operation and explains each', () => {
  expect(operationsText({ name: null, markdown: false }).trimEnd().split('\n')).toHaveLength(onCommandLine.length)
  for (const operation of onCommandLine) expect(operationsText({ name: kmsName(operation), markdown: false })).toContain(`keystead call ${kmsName(operation)}`)
})

/** Ids whose form is checked before they are looked for, by the end of the parameter's name. */
const ids: readonly [RegExp, string][] = [
  [/ModuleId$/, `m-${'0'.repeat(16)}`],
  [/TokenId$/, `t-${'0'.repeat(24)}`],
  [/ObjectIds?$/, `${'0'.repeat(16)}-${'0'.repeat(16)}`],
]

/** Values of earlier answers as they would be: text for text, Base64 for bytes. */
function filled(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return value.replaceAll(/<[^>]+>/g, ids.find(([end]) => end.test(name))?.[1] ?? 'c29tZXRoaW5nMTIz')
  if (Array.isArray(value)) return value.map((item) => filled(item, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([inner, item]) => [inner, filled(item, inner)]))
}

describe('examples', () => {
  it.each(onCommandLine)('%s fits its schema', (operation) => {
    const example = filled(guideOf(operation)?.example)
    const request = requestFromKms(operation, example, { unknownParameters: 'refuse', issueHandle: () => `h-${'0'.repeat(32)}` })
    const parsed = operations[operation].request.safeParse(request)
    expect(parsed.error?.issues ?? []).toEqual([])
  })
})
