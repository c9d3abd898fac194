import { dueSoonDays, secretStates, type SecretState } from '../../src-shared/model/secrets'
import type { SecretRecord } from './secret-record'
import { summaryOf, type SecretSummary } from './secret-summary'

const dueSoonMs = dueSoonDays * 86_400_000

/** The states that a secret is in at a moment, in the order of secretStates. One in the recycle bin is in no other. */
export function statesOf(record: SecretRecord, nowMs: number): SecretState[] {
  const summary = summaryOf(record)
  return secretStates.filter((state) => isInState(summary, state, nowMs))
}

/** Whether a secret is in a state at a moment. */
export function isInState({ deletesAt, expiresAt, nextRotationAt, isInvalid, isPending }: SecretSummary, state: SecretState, nowMs: number): boolean {
  if (deletesAt !== null) return state === 'deleted'
  switch (state) {
    case 'active':
      return true
    case 'deleted':
      return false
    case 'expired':
      return expiresAt !== null && expiresAt <= nowMs
    case 'due-soon':
      return expiresAt !== null && expiresAt > nowMs && expiresAt <= nowMs + dueSoonMs
    case 'rotation-overdue':
      return nextRotationAt !== null && nextRotationAt <= nowMs
    case 'rotation-failed':
      return isInvalid
    case 'rotation-pending':
      return isPending
  }
}
