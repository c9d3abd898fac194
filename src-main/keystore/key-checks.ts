import { invalidParameter, KmsError } from '../../src-shared/errors'
import { digestBytes, keySpecInfos, type EncryptionInfo, type KeySpecInfo } from '../../src-shared/model/key-specs'
import type { EncryptionAlgorithm, KeySpec, SignatureAlgorithm, SymmetricKeySpec } from '../../src-shared/model/keys'
import type { KeyVersionRef } from './key-provider'
import { placeOfVersion, type KeyRecord } from './key-record'
import { findVersion, requireUsage } from './key-session'

/** UNSUPPORTED_OPERATION when keys of this kind cannot do what is asked. */
export function requireFamily({ keyId, keySpec }: KeyRecord, family: KeySpecInfo['family']): void {
  if (keySpecInfos[keySpec].family === family) return
  throw new KmsError('UNSUPPORTED_OPERATION', `A key of the spec ${keySpec} cannot do this operation.`, { keyId })
}

/** The spec of a key that makes ciphertext blobs. UNSUPPORTED_OPERATION for another. */
export function requireSymmetric(record: KeyRecord): SymmetricKeySpec {
  requireFamily(record, 'symmetric')
  return record.keySpec as SymmetricKeySpec
}

/** KEY_VERSION_NOT_FOUND when the key has no such version. */
export function requireVersion(record: KeyRecord, keyVersionId: string): KeyVersionRef {
  const version = findVersion(record, keyVersionId)
  if (version) return version
  throw versionNotFound(record.keyId)
}

/** KEY_VERSION_NOT_FOUND. */
export function versionNotFound(keyId: string): KmsError {
  return new KmsError('KEY_VERSION_NOT_FOUND', 'The specified key version is not in this vault.', { keyId })
}

/** KEY_VERSION_RETIRED for a version below the minimum decryption version; null for the others. */
export function retirementError(record: KeyRecord, keyVersionId: string): KmsError | null {
  const { keyId, minimumVersion } = record
  if (minimumVersion === 0 || placeOfVersion(record, keyVersionId) >= minimumVersion) return null
  return new KmsError('KEY_VERSION_RETIRED', 'The specified key version has been retired: it decrypts no more.', { keyId })
}

/** Throws what retirementError() says. */
export function requireNotRetired(record: KeyRecord, keyVersionId: string): void {
  const refusal = retirementError(record, keyVersionId)
  if (refusal) throw refusal
}

/** How keys of the spec encrypt with the algorithm. INVALID_PARAMETER (`field`) when they do not. */
export function requireEncryption(keySpec: KeySpec, algorithm: EncryptionAlgorithm, field: string): EncryptionInfo {
  const found = keySpecInfos[keySpec].encryption.find((info) => info.algorithm === algorithm)
  if (!found) throw invalidParameter(field, `is not an algorithm of the spec ${keySpec}`)
  return found
}

/** Whether the key signs with the algorithm. UNSUPPORTED_OPERATION, INVALID_PARAMETER (algorithm) when it does not. */
export function requireSigning(record: KeyRecord, algorithm: SignatureAlgorithm): void {
  requireFamily(record, 'asymmetric')
  requireUsage(record, 'SIGN/VERIFY')
  if (!keySpecInfos[record.keySpec].signatures.includes(algorithm)) throw invalidParameter('algorithm', `is not an algorithm of the spec ${record.keySpec}`)
}

/** INVALID_PARAMETER (`field`) for a digest of another length than the algorithm takes. */
export function requireDigest(field: string, algorithm: SignatureAlgorithm, digest: Uint8Array): void {
  const length = digestBytes[algorithm]
  if (length !== null && digest.length !== length) throw invalidParameter(field, `must be a digest of ${length} bytes for this algorithm`)
}

/** INVALID_CIPHERTEXT: one text for everything that can be wrong, so that nothing is learnt from it. */
export function invalidCiphertext(): KmsError {
  return new KmsError(
    'INVALID_CIPHERTEXT',
    'The specified parameter CiphertextBlob is not valid: it is damaged, or not encrypted with this key, algorithm and encryption context.',
  )
}
