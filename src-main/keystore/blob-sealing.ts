import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { keyNotFound } from './arn'
import { blobAlgorithmOf, encodeBlob, encodeBlobHeader, parseBlob, type CiphertextBlob } from './ciphertext-blob'
import { blobAssociatedData } from './context-encoding'
import { invalidCiphertext, requireFamily, requireNotRetired, requireSymmetric, requireVersion } from './key-checks'
import type { KeyVersionRef } from './key-provider'
import type { KeyRecord } from './key-record'
import { primaryVersion, requireUsage, type KeySession } from './key-session'

/** A sealed blob and the version that opens it. */
export interface SealedBlob {
  keyVersionId: string
  ciphertextBlob: Uint8Array
}

/** A well-formed blob whose key is in this vault. */
export interface FoundBlob {
  blob: CiphertextBlob
  record: KeyRecord
}

/** The headers of the primary versions, which are the same for every blob of a record. */
const headers = new WeakMap<KeyRecord, Uint8Array>()

/** Seals `plaintext`, which stays the caller's, under the primary version. UNSUPPORTED_OPERATION, KEY_USE_EXHAUSTED. */
export async function sealBlob(session: KeySession, record: KeyRecord, plaintext: Uint8Array, context: EncryptionContext = {}): Promise<SealedBlob> {
  requireFamily(record, 'symmetric')
  requireUsage(record, 'ENCRYPT/DECRYPT')
  const version = primaryVersion(record)
  const { keyId, keyVersionId } = version
  const header = headerOf(record, version)
  await session.usage.takeEncryption(keyId, keyVersionId)
  const { nonce, ciphertext, tag } = await session.provider.encrypt(version, plaintext, blobAssociatedData(header, context))
  return { keyVersionId, ciphertextBlob: encodeBlob(header, nonce, ciphertext, tag) }
}

function headerOf(record: KeyRecord, { keyId, keyVersionId }: KeyVersionRef): Uint8Array {
  const known = headers.get(record)
  if (known) return known
  const header = encodeBlobHeader({ keyId, keyVersionId, algorithm: blobAlgorithmOf[requireSymmetric(record)] })
  headers.set(record, header)
  return header
}

/** The key that a blob names. INVALID_CIPHERTEXT, KEY_NOT_FOUND. */
export function findBlobKey(session: KeySession, ciphertextBlob: Uint8Array): FoundBlob {
  const blob = parseBlob(ciphertextBlob)
  if (!blob) throw invalidCiphertext()
  const record = session.index.byId(blob.keyId)?.record
  if (!record) throw keyNotFound()
  return { blob, record }
}

/**
 * The plaintext, new memory that the caller zeroes. INVALID_CIPHERTEXT for everything that can be wrong with blob or
 * context; KEY_VERSION_NOT_FOUND, KEY_VERSION_RETIRED, UNSUPPORTED_OPERATION.
 */
export async function openBlob(session: KeySession, { blob, record }: FoundBlob, context: EncryptionContext = {}): Promise<Uint8Array> {
  const algorithm = blobAlgorithmOf[requireSymmetric(record)]
  requireUsage(record, 'ENCRYPT/DECRYPT')
  const version = requireVersion(record, blob.keyVersionId)
  requireNotRetired(record, blob.keyVersionId)
  if (blob.algorithm !== algorithm) throw invalidCiphertext()
  const plaintext = await session.provider.decrypt(version, blob, blobAssociatedData(blob.header, context))
  if (!plaintext) throw invalidCiphertext()
  session.usage.noteUse(record.keyId, blob.keyVersionId)
  return plaintext
}
