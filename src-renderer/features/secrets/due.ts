import type { SecretRow } from '../../../src-shared/contract/secret-window'

/** What comes next for a secret; `kind` names a text below `secrets.due`. */
export interface Due {
  kind: 'expires' | 'expired' | 'rotates' | 'overdue' | 'failed' | 'deleted'
  /** ISO 8601. */
  time: string
  color: 'error' | 'warning' | 'neutral'
}

/** The nearest date of a secret and what it means; null when nothing is planned. */
export function dueOf({ states, expiryDate, nextRotationDate, plannedDeleteTime }: Pick<SecretRow, 'states' | 'expiryDate' | 'nextRotationDate' | 'plannedDeleteTime'>): Due | null {
  if (plannedDeleteTime !== null) return { kind: 'deleted', time: plannedDeleteTime, color: 'neutral' }
  const expiry: Due | null = expiryDate === null ? null : { kind: states.includes('expired') ? 'expired' : 'expires', time: expiryDate, color: expiryColor(states) }
  if (nextRotationDate === null) return expiry
  const kind = states.includes('rotation-failed') ? 'failed' : states.includes('rotation-overdue') ? 'overdue' : 'rotates'
  const rotation: Due = { kind, time: nextRotationDate, color: kind === 'rotates' ? 'neutral' : kind === 'failed' ? 'error' : 'warning' }
  return expiry !== null && Date.parse(expiry.time) < Date.parse(rotation.time) ? expiry : rotation
}

function expiryColor(states: SecretRow['states']): Due['color'] {
  if (states.includes('expired')) return 'error'
  return states.includes('due-soon') ? 'warning' : 'neutral'
}
