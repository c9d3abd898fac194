import type { Response } from '../../../src-shared/contract/operations'
import { isoOrNull } from '../../keystore/key-metadata'
import { nextSecretRotationAt, type SecretRecord } from '../secret-record'
import { statesOf } from '../secret-states'

export type Finding = Response<'checkSecretHealth'>['findings'][number]
type Counts = Response<'checkSecretHealth'>['counts']

/** The worst first. */
const kinds = ['failed', 'expired', 'overdue', 'weak', 'reused', 'due-soon'] as const satisfies readonly Finding['kind'][]

/** What the record of a secret tells without its value. */
export function stateFindings(record: SecretRecord, nowMs: number): Finding[] {
  const states = statesOf(record, nowMs)
  const finding = (kind: Finding['kind'], at: number | null): Finding => ({ secretName: record.name, kind, field: null, sharedWith: [], date: isoOrNull(at) })
  return [
    ...(states.includes('rotation-failed') ? [finding('failed', null)] : []),
    ...(states.includes('expired') ? [finding('expired', record.expiresAt)] : []),
    ...(states.includes('rotation-overdue') ? [finding('overdue', nextSecretRotationAt(record))] : []),
    ...(states.includes('due-soon') ? [finding('due-soon', record.expiresAt)] : []),
  ]
}

/** By kind, then by name. */
export function sortedFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || compareText(a.secretName, b.secretName) || compareText(a.field ?? '', b.field ?? ''))
}

/** How many findings of each kind there are. */
export function countsOf(findings: readonly Finding[]): Counts {
  const counts = new Map<Finding['kind'], number>()
  for (const { kind } of findings) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const of = (kind: Finding['kind']) => counts.get(kind) ?? 0
  return { weak: of('weak'), reused: of('reused'), expired: of('expired'), dueSoon: of('due-soon'), overdue: of('overdue'), failed: of('failed') }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
