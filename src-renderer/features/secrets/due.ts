import type { SecretRow } from '../../../src-shared/contract/secret-window'

/** What comes next for a secret; `kind` names a text below `secrets.due`. */
export interface Due {
  kind: 'expires' | 'expired' | 'rotates' | 'overdue' | 'failed' | 'unfinished' | 'deleted'
  /** ISO 8601; null when it is not about a time: a rotation by hand that did not end well. */
  time: string | null
  color: 'error' | 'warning' | 'neutral'
}

/** The nearest date of a secret and what it means, or a rotation that waits for somebody; null when nothing is planned. */
export function dueOf({ states, expiryDate, nextRotationDate, plannedDeleteTime }: Pick<SecretRow, 'states' | 'expiryDate' | 'nextRotationDate' | 'plannedDeleteTime'>): Due | null {
  if (plannedDeleteTime !== null) return { kind: 'deleted', time: plannedDeleteTime, color: 'neutral' }
  const expiry: Due | null = expiryDate === null ? null : { kind: states.includes('expired') ? 'expired' : 'expires', time: expiryDate, color: expiryColor(states) }
  const kind = rotationKind(states)
  if (nextRotationDate === null && kind === 'rotates') return expiry
  const rotation: Due = { kind, time: nextRotationDate, color: kind === 'rotates' ? 'neutral' : kind === 'failed' ? 'error' : 'warning' }
  if (expiryDate === null || nextRotationDate === null) return rotation
  return Date.parse(expiryDate) < Date.parse(nextRotationDate) ? expiry : rotation
}

function rotationKind(states: SecretRow['states']): 'failed' | 'unfinished' | 'overdue' | 'rotates' {
  if (states.includes('rotation-failed')) return 'failed'
  if (states.includes('rotation-pending')) return 'unfinished'
  return states.includes('rotation-overdue') ? 'overdue' : 'rotates'
}

function expiryColor(states: SecretRow['states']): Due['color'] {
  if (states.includes('expired')) return 'error'
  return states.includes('due-soon') ? 'warning' : 'neutral'
}
