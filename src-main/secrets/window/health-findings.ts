import type { Response } from '../../../src-shared/contract/operations'
import { isoOrNull } from '../../keystore/key-metadata'
import { isInState } from '../secret-states'
import type { SecretSummary } from '../secret-summary'

export type Finding = Response<'checkSecretHealth'>['findings'][number]
type Counts = Response<'checkSecretHealth'>['counts']

/** The worst first. */
const kinds = ['failed', 'expired', 'overdue', 'weak', 'reused', 'due-soon'] as const satisfies readonly Finding['kind'][]

/** What is known of a secret without its value. */
export function stateFindings(summary: SecretSummary, nowMs: number): Finding[] {
  const { name, expiresAt, nextRotationAt } = summary
  const states = [
    ['failed', 'rotation-failed', null],
    ['expired', 'expired', expiresAt],
    ['overdue', 'rotation-overdue', nextRotationAt],
    ['due-soon', 'due-soon', expiresAt],
  ] as const
  return states.flatMap(([kind, state, at]) => (isInState(summary, state, nowMs) ? [{ secretName: name, kind, field: null, sharedWith: [], date: isoOrNull(at) }] : []))
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
