import { contextProblem, isFileContextName, type EncryptionContext } from '../../src-shared/model/encryption-context'
import { limits } from '../../src-shared/model/limits'
import type { PairRow } from './pair-rows'

/** What is wrong with the rows; names of the texts below `keys.context.fault`. */
export type ContextFault = 'unnamed' | 'duplicate' | 'reserved' | 'notForFiles' | 'tooLong'

/** The context that the rows say, or what is wrong with them. Rows with neither name nor value count as not there. */
export function readContextRows(rows: readonly PairRow[], isForFiles = false): { context: EncryptionContext; fault: ContextFault | null } {
  const used = rows.filter((row) => row.name !== '' || row.value !== '')
  const names = used.map((row) => row.name)
  if (names.includes('')) return { context: {}, fault: 'unnamed' }
  if (new Set(names).size !== names.length) return { context: {}, fault: 'duplicate' }
  if (isForFiles && !names.every(isFileContextName)) return { context: {}, fault: 'notForFiles' }
  const chars = used.reduce((sum, row) => sum + row.name.length + row.value.length, 0)
  if (chars > limits.contextChars) return { context: {}, fault: 'tooLong' }
  // fromEntries defines own properties, so a name like __proto__ stays visible to the check.
  const context = Object.fromEntries(used.map((row) => [row.name, row.value]))
  return contextProblem(context) === null ? { context, fault: null } : { context: {}, fault: 'reserved' }
}
