import type { SignatureAlgorithm } from '../../src-shared/model/keys'
import { requireSigning, requireVersion } from './key-checks'
import type { KeySession } from './key-session'
import type { PublicKey } from './public-keys'

/**
 * The public key of a version that signs with `algorithm`. Whether the key's state lets it sign is not asked.
 * KEY_NOT_FOUND, KEY_VERSION_NOT_FOUND, UNSUPPORTED_OPERATION, INVALID_PARAMETER (algorithm).
 */
export async function signingKeyOf(session: KeySession, reference: string, keyVersionId: string, algorithm: SignatureAlgorithm): Promise<PublicKey> {
  const { record } = session.resolve(reference)
  requireSigning(record, algorithm)
  return session.publicKeys.of(requireVersion(record, keyVersionId))
}
