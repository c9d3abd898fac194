import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { defaultKeyPolicy, keyPolicyProblem } from '../../src-shared/model/key-policy'
import { changeKey } from './change-key'
import type { KeySession } from './key-session'

/** SetKeyPolicy: keeps the text as it was sent. INVALID_PARAMETER (policy), KEY_PENDING_DELETION. */
async function setKeyPolicy(session: KeySession, caller: Caller, { keyId, policy }: Request<'setKeyPolicy'>): Promise<Response<'setKeyPolicy'>> {
  const problem = keyPolicyProblem(policy)
  if (problem !== null) throw invalidParameter('policy', problem)
  return changeKey(session, caller, keyId, 'setKeyPolicy', (record) => ({ ...record, policy }))
}

/** GetKeyPolicy: the default one when none was set. */
function getKeyPolicy(session: KeySession, _caller: Caller, { keyId }: Request<'getKeyPolicy'>): Response<'getKeyPolicy'> {
  return { policy: session.resolve(keyId).record.policy ?? defaultKeyPolicy(session.records.vaultId) }
}

export const policyOperations = { setKeyPolicy, getKeyPolicy }
