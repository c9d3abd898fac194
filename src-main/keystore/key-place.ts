import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import { isSoftwareToken, tokenProduct } from '../../src-shared/model/tokens'
import { primaryVersion, type KeySession } from './key-session'

/**
 * Not of the KMS API: where the bytes of a key are, and whether they can be used from here now. Apart from GetKeyDetails,
 * because a module may take its time to say what tokens there are. KEY_NOT_FOUND, ALIAS_NOT_FOUND.
 */
async function getKeyPlace(session: KeySession, _caller: Caller, request: Request<'getKeyPlace'>): Promise<Response<'getKeyPlace'>> {
  const { record } = session.resolve(request.keyId)
  const token = await session.provider.tokenOf(primaryVersion(record))
  if (!token) return { place: 'vault', token: null, availability: 'ready' }
  const { label, serial } = token
  const availability = await session.tokens.availabilityOf(token)
  return { place: 'token', token: { label, serial, product: tokenProduct(token), isSoftware: isSoftwareToken(token) }, availability }
}

export const placeOperations = { getKeyPlace }
