import type { EncryptionAlgorithm } from '../../src-shared/model/keys'
import type { StateOperation } from '../../src-shared/model/state-table'
import { invalidCiphertext, requireEncryption, requireFamily, requireVersion } from './key-checks'
import type { KeyRecord } from './key-record'
import { requireUsable, requireUsage, type KeySession } from './key-session'

/** What is to be opened, with what. */
export interface AsymmetricCiphertext {
  /** Its row of the state table decides. */
  operation: StateOperation
  keyVersionId: string
  algorithm: EncryptionAlgorithm
  /** The name under which the request gave the algorithm. */
  algorithmField: string
  ciphertext: Uint8Array
}

/**
 * The plaintext, new memory that the caller zeroes. INVALID_CIPHERTEXT for everything that can be wrong with the
 * ciphertext; state codes, UNSUPPORTED_OPERATION, INVALID_PARAMETER (algorithm), KEY_VERSION_NOT_FOUND.
 */
export async function openAsymmetric(session: KeySession, record: KeyRecord, request: AsymmetricCiphertext): Promise<Uint8Array> {
  const { operation, keyVersionId, algorithm, algorithmField, ciphertext } = request
  requireUsable(session, record, operation)
  requireFamily(record, 'asymmetric')
  requireUsage(record, 'ENCRYPT/DECRYPT')
  requireEncryption(record.keySpec, algorithm, algorithmField)
  const version = requireVersion(record, keyVersionId)
  const plaintext = await session.provider.asymmetricDecrypt(version, algorithm, ciphertext)
  if (!plaintext) throw invalidCiphertext()
  session.usage.noteUse(record.keyId, keyVersionId)
  return plaintext
}
