import { kmsOperationNames, operationOf } from '../../kms/names'
import { referenceOf } from '../../kms/operation-reference'
import { operationHelp, referencePage } from '../../kms/reference-page'

/** The names of all operations, what one of them takes, or the whole reference as Markdown. UNKNOWN_OPERATION. */
export function operationsText({ name, markdown }: { name: string | null; markdown: boolean }): string {
  if (markdown) return referencePage()
  const names = name === null ? kmsOperationNames('cli') : [name]
  const references = names.flatMap((operation) => referenceOf(operationOf(operation, 'cli')) ?? [])
  if (name !== null) return references.map(operationHelp).join('')
  const width = Math.max(...references.map((reference) => reference.name.length))
  return references.map((reference) => `${reference.name.padEnd(width)}  ${reference.summary}\n`).join('')
}
