import type { Caller } from '../../src-shared/model/caller'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import type { Request, Response } from '../../src-shared/contract/operations'
import { KmsError } from '../../src-shared/errors'
import { copyBytes } from '../crypto/bytes'
import { SecretBuffer } from '../crypto/secret-buffer'
import { keyNotFound } from './arn'
import { blobAlgorithms, encodeBlob, encodeBlobHeader, parseBlob, type CiphertextBlob } from './ciphertext-blob'
import { blobAssociatedData } from './context-encoding'
import type { KeyRecord } from './key-record'
import { findVersion, primaryVersion, requireState, requireUsage, type KeySession } from './key-session'

const dataKeyBytes = { AES_256: 32, AES_128: 16 } as const

/** Encrypt (kms-api 1.9) under the primary version. The plaintext stays the caller's. State codes, KEY_USE_EXHAUSTED. */
async function encrypt(session: KeySession, caller: Caller, request: Request<'encrypt'>): Promise<Response<'encrypt'>> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireState(record, 'encrypt')
    const sealed = await sealBlob(session, record, request.plaintext, request.encryptionContext ?? {})
    session.recordUse(caller, keyId)
    return { keyId, ...sealed }
  })
}

/**
 * Decrypt (kms-api 1.9) with the key and version that the blob names. The plaintext is new memory that the caller
 * zeroes. INVALID_CIPHERTEXT, one text for everything that can be wrong with blob or context; KEY_NOT_FOUND and
 * KEY_VERSION_NOT_FOUND when an undamaged blob names a key that is not in this vault.
 */
async function decrypt(session: KeySession, caller: Caller, request: Request<'decrypt'>): Promise<Response<'decrypt'>> {
  const blob = parseBlob(request.ciphertextBlob)
  if (!blob) throw invalidCiphertext()
  const record = session.index.byId(blob.keyId)?.record
  if (!record) throw keyNotFound()
  const { keyId } = record
  return session.audited(caller, keyId, async () => {
    requireState(record, 'decrypt')
    const plaintext = await openBlob(session, record, blob, request.encryptionContext ?? {})
    try {
      session.recordUse(caller, keyId)
    } catch (error) {
      plaintext.fill(0)
      throw error
    }
    return { keyId, keyVersionId: blob.keyVersionId, plaintext }
  })
}

/**
 * GenerateDataKey (kms-api 1.9): 32 bytes unless asked otherwise; numberOfBytes wins over keySpec. The data key is not
 * kept; the plaintext copy is the caller's, who zeroes it.
 */
async function generateDataKey(
  session: KeySession,
  caller: Caller,
  request: Request<'generateDataKey'>,
): Promise<Response<'generateDataKey'>> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireState(record, 'generateDataKey')
    const dataKey = SecretBuffer.random(request.numberOfBytes ?? dataKeyBytes[request.keySpec ?? 'AES_256'])
    const plaintext = dataKey.use(copyBytes)
    dataKey.destroy()
    try {
      const sealed = await sealBlob(session, record, plaintext, request.encryptionContext ?? {})
      session.recordUse(caller, keyId)
      return { keyId, plaintext, ...sealed }
    } catch (error) {
      plaintext.fill(0)
      throw error
    }
  })
}

async function sealBlob(
  session: KeySession,
  record: KeyRecord,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Promise<{ keyVersionId: string; ciphertextBlob: Uint8Array }> {
  requireUsage(record, 'ENCRYPT/DECRYPT')
  const version = primaryVersion(record)
  const { keyId, keyVersionId } = version
  const header = encodeBlobHeader({ keyId, keyVersionId, algorithm: blobAlgorithms.aes256Gcm })
  await session.usage.takeEncryption(keyId, keyVersionId)
  const { nonce, ciphertext, tag } = await session.provider.encrypt(version, plaintext, blobAssociatedData(header, context))
  return { keyVersionId, ciphertextBlob: encodeBlob(header, nonce, ciphertext, tag) }
}

async function openBlob(session: KeySession, record: KeyRecord, blob: CiphertextBlob, context: EncryptionContext): Promise<Uint8Array> {
  requireUsage(record, 'ENCRYPT/DECRYPT')
  const version = findVersion(record, blob.keyVersionId)
  if (!version) {
    throw new KmsError('KEY_VERSION_NOT_FOUND', 'The key version of this ciphertext is not in this vault.', { keyId: record.keyId })
  }
  const plaintext = await session.provider.decrypt(version, blob, blobAssociatedData(blob.header, context))
  if (!plaintext) throw invalidCiphertext()
  session.usage.noteDecryption(record.keyId, blob.keyVersionId)
  return plaintext
}

function invalidCiphertext(): KmsError {
  return new KmsError(
    'INVALID_CIPHERTEXT',
    'The specified parameter CiphertextBlob is not valid: it is damaged, or the encryption context is not the one it was encrypted with.',
  )
}

export const symmetricOperations = { encrypt, decrypt, generateDataKey }
