import { dueSoonDays, pendingStage, type SecretState } from '../../src-shared/model/secrets'
import { versionWithStage } from '../../src-shared/model/secret-stages'
import { nextSecretRotationAt, type SecretRecord } from './secret-record'

const dueSoonMs = dueSoonDays * 86_400_000

/** The states that a secret is in at a moment, in the order of secretStates. One in the recycle bin is in no other. */
export function statesOf(record: SecretRecord, nowMs: number): SecretState[] {
  if (record.deletesAt !== null) return ['deleted']
  const states: SecretState[] = ['active']
  const { expiresAt, rotation, versions } = record
  if (expiresAt !== null && expiresAt <= nowMs) states.push('expired')
  else if (expiresAt !== null && expiresAt <= nowMs + dueSoonMs) states.push('due-soon')
  const dueAt = nextSecretRotationAt(record)
  if (dueAt !== null && dueAt <= nowMs) states.push('rotation-overdue')
  if (rotation.isInvalid) states.push('rotation-failed')
  if (versionWithStage(versions, pendingStage)) states.push('rotation-pending')
  return states
}
