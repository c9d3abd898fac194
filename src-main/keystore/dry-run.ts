import type { OperationName } from '../../src-shared/contract/catalog'
import type { Response } from '../../src-shared/contract/operations'
import { isKmsError, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { zero } from '../crypto/bytes'
import type { KeyOperation } from './key-operation'
import type { KeySession } from './key-session'

interface Heeding {
  dryRun?: boolean | undefined
}
type Runner = (session: KeySession, caller: Caller, request: Heeding) => Response<OperationName> | Promise<Response<OperationName>>

/** The operations with a field dryRun, made to heed it. */
export function withDryRun<T extends { [N in keyof T]: N extends OperationName ? KeyOperation<N> : never }>(operations: T): T {
  const wrapped = Object.entries<unknown>(operations).map(([name, operation]) => [name, heeding(operation as Runner)])
  return Object.fromEntries(wrapped) as T
}

function heeding(operation: Runner): Runner {
  return (session, caller, request) => (request.dryRun === true ? rehearse(operation, session, caller, request) : operation(session, caller, request))
}

/**
 * A dry run (kms-api 1.1): the very operation with nothing counted and its answer destroyed. Always throws:
 * DRY_RUN_PASSED when it would have worked, DRY_RUN_REFUSED with the code as `reason` when not. VAULT_LOCKED stays
 * itself. The audit log has the trial under each key that it came to.
 */
async function rehearse(operation: Runner, session: KeySession, caller: Caller, request: Heeding): Promise<never> {
  const keyIds = new Set<string>()
  const trial = session.rehearsal({ record: (_caller, keyId) => keyIds.add(keyId) })
  const outcome = await outcomeOf(operation, trial, caller, request)
  for (const keyId of keyIds) session.recordRefusal(caller, keyId, outcome.code)
  throw outcome
}

async function outcomeOf(operation: Runner, trial: KeySession, caller: Caller, request: Heeding): Promise<KmsError> {
  try {
    const answer: object = await operation(trial, caller, request)
    for (const value of Object.values(answer)) if (value instanceof Uint8Array) zero(value)
    return new KmsError('DRY_RUN_PASSED', 'The request would have succeeded. Nothing was done.')
  } catch (error) {
    if (!isKmsError(error) || error.code === 'VAULT_LOCKED') throw error
    return new KmsError('DRY_RUN_REFUSED', 'The request would have been refused.', { ...error.details, reason: error.code })
  }
}
