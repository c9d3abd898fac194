import { catalog, flagsOf, operationNames } from '../../../src-shared/contract/catalog'
import type { AuditEntry } from '../../../src-shared/contract/vault'

/** What the Activity page shows of the log. Empty texts and `any` leave everything in. */
export interface AuditFilter {
  operation: string
  result: AuditEntry['result'] | 'any'
  search: string
  resource: string
}

/** The whole log. */
export function noFilter(): AuditFilter {
  return { operation: '', result: 'any', search: '', resource: '' }
}

/** True when the filter hides something. */
export function isFiltering(filter: AuditFilter): boolean {
  return filter.operation !== '' || filter.result !== 'any' || filter.search.trim() !== '' || filter.resource !== ''
}

/** Operations that can stand in the log, in the order of the catalog. */
export const auditedOperations: readonly (keyof typeof catalog)[] = operationNames.filter((name) => flagsOf(name).audit !== 'none')

/** The results that a filter can ask for. Values of the contract are not imported: they would bring its schemas along. */
export const resultChoices = ['ok', 'refused', 'failed'] as const satisfies readonly AuditEntry['result'][]
