import { invalidParameter, KmsError } from '../../src-shared/errors'
import { keySpecInfos } from '../../src-shared/model/key-specs'
import type { SignatureAlgorithm } from '../../src-shared/model/keys'
import { findVersion, requireUsage, type KeySession } from './key-session'
import type { KeyVersionRef } from './key-provider'
import { damagedRow } from './stored-row'

/**
 * The version that signs with `algorithm`, and its public key (SPKI). Whether the key's state lets it sign is not asked.
 * KEY_NOT_FOUND, KEY_VERSION_NOT_FOUND, UNSUPPORTED_OPERATION, INVALID_PARAMETER (algorithm).
 */
export async function signingKeyOf(
  session: KeySession,
  reference: string,
  keyVersionId: string,
  algorithm: SignatureAlgorithm,
): Promise<{ version: KeyVersionRef; publicKey: Uint8Array }> {
  const { record } = session.resolve(reference)
  requireUsage(record, 'SIGN/VERIFY')
  if (!keySpecInfos[record.keySpec].signatures.includes(algorithm)) throw invalidParameter('algorithm', `is not one of ${record.keySpec}`)
  const version = findVersion(record, keyVersionId)
  if (!version) throw new KmsError('KEY_VERSION_NOT_FOUND', 'The specified key version is not found.', { keyId: record.keyId })
  const publicKey = await session.records.read('public-key', keyVersionId)
  if (!publicKey) throw damagedRow('key without its public key')
  return { version, publicKey }
}
