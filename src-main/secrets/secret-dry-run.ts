import { isKmsError, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { zero } from '../crypto/bytes'
import type { SecretSession } from './secret-session'

/**
 * A dry run (kms-api 1.1): the very operation with nothing counted and its answer destroyed. Always throws:
 * DRY_RUN_PASSED when it would have worked, DRY_RUN_REFUSED with the code as `reason` when not. VAULT_LOCKED stays itself.
 * The audit log has the trial under each secret that it came to.
 */
export async function rehearse(session: SecretSession, caller: Caller, operation: (session: SecretSession) => Promise<object>): Promise<never> {
  const names = new Set<string>()
  const trial = session.rehearsal({ record: (_caller, name) => names.add(name) })
  const outcome = await outcomeOf(trial, operation)
  for (const name of names) session.recordRefusal(caller, name, outcome.code)
  throw outcome
}

async function outcomeOf(trial: SecretSession, operation: (session: SecretSession) => Promise<object>): Promise<KmsError> {
  try {
    const answer = await operation(trial)
    for (const value of Object.values(answer)) if (value instanceof Uint8Array) zero(value)
    return new KmsError('DRY_RUN_PASSED', 'The request would have succeeded. Nothing was done.')
  } catch (error) {
    if (!isKmsError(error) || error.code === 'VAULT_LOCKED') throw error
    return new KmsError('DRY_RUN_REFUSED', 'The request would have been refused.', { ...error.details, reason: error.code })
  }
}
