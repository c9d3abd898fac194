import { KmsError } from '../../../src-shared/errors'
import type { KeyRecord } from '../key-record'
import { primaryVersion, type KeySession } from '../key-session'

/**
 * Refuses what needs the key now while its token is away or nobody is logged in to it, before anything is begun. Nothing for
 * keys of the vault. TOKEN_NOT_FOUND, TOKEN_LOGIN_NEEDED.
 */
export async function requireToken({ provider, tokens }: KeySession, record: KeyRecord): Promise<void> {
  const token = await provider.tokenOf(primaryVersion(record))
  if (!token) return
  const availability = await tokens.availabilityOf(token)
  if (availability === 'ready') return
  const details = { tokenLabel: token.label, tokenSerial: token.serial }
  throw availability === 'login-needed' ? new KmsError('TOKEN_LOGIN_NEEDED', 'Log in to the token first.', details) : new KmsError('TOKEN_NOT_FOUND', 'The token is not there.', details)
}
