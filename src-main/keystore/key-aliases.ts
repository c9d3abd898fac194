import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import { aliasProblem } from '../../src-shared/model/alias'
import type { Caller } from '../../src-shared/model/caller'
import { changeKey } from './change-key'
import type { KeySession } from './key-session'

/**
 * CreateAlias: gives a key one more name, unique in the vault. INVALID_PARAMETER (aliasName), ALIAS_EXISTS,
 * STATE_MODIFIED_FAILED.
 */
async function createAlias(session: KeySession, caller: Caller, request: Request<'createAlias'>): Promise<Response<'createAlias'>> {
  const { aliasName } = request
  const problem = aliasProblem(aliasName)
  if (problem !== null) throw invalidParameter('aliasName', problem)
  return changeKey(session, caller, request.keyId, 'createAlias', (record) => {
    if (session.index.byAlias(aliasName)) throw new KmsError('ALIAS_EXISTS', 'The specified alias already exists.')
    return { ...record, aliases: [...record.aliases, aliasName].sort() }
  })
}

export const aliasOperations = { createAlias }
