import type { Request, Response } from '../../src-shared/contract/operations'
import { isKmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { zero } from '../crypto/bytes'
import { findBlobKey, openBlob, sealBlob } from './blob-sealing'
import { requireUsable, type KeySession } from './key-session'

type BatchRefusal = Pick<Response<'encryptBatch'>['items'][number], 'code' | 'message'>

/** Encrypt (kms-api 1.9) under the primary version. The plaintext stays the caller's. State codes, KEY_USE_EXHAUSTED. */
async function encrypt(session: KeySession, caller: Caller, request: Request<'encrypt'>): Promise<Response<'encrypt'>> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireUsable(session, record, 'encrypt')
    const sealed = await sealBlob(session, record, request.plaintext, request.encryptionContext)
    session.recordUse(caller, keyId)
    return { keyId, ...sealed }
  })
}

/**
 * Decrypt (kms-api 1.9) with the key and version that the blob names. The plaintext is new memory that the caller
 * zeroes. INVALID_CIPHERTEXT, one text for everything that can be wrong with blob or context; KEY_NOT_FOUND and
 * KEY_VERSION_NOT_FOUND when an undamaged blob names a key that is not in this vault; KEY_VERSION_RETIRED.
 */
async function decrypt(session: KeySession, caller: Caller, request: Request<'decrypt'>): Promise<Response<'decrypt'>> {
  const found = findBlobKey(session, request.ciphertextBlob)
  const { keyId } = found.record
  return session.audited(caller, keyId, async () => {
    requireUsable(session, found.record, 'decrypt')
    const plaintext = await openBlob(session, found, request.encryptionContext)
    try {
      session.recordUse(caller, keyId)
    } catch (error) {
      plaintext.fill(0)
      throw error
    }
    return { keyId, keyVersionId: found.blob.keyVersionId, plaintext }
  })
}

/** Encrypts each item as encrypt() does. What is wrong with the key refuses the whole call. */
async function encryptBatch(session: KeySession, caller: Caller, request: Request<'encryptBatch'>): Promise<Response<'encryptBatch'>> {
  const { keyId, record } = session.resolve(request.keyId)
  await session.audited(caller, keyId, async () => requireUsable(session, record, 'encrypt'))
  const items: Response<'encryptBatch'>['items'] = []
  for (const item of request.items) {
    const answer = await answerOrRefusal(encrypt(session, caller, { keyId, ...item }))
    items.push('keyId' in answer ? { keyVersionId: answer.keyVersionId, ciphertextBlob: answer.ciphertextBlob } : answer)
  }
  return { keyId, items }
}

/** Decrypts each item as decrypt() does. The plaintexts are the caller's, who zeroes them. */
async function decryptBatch(session: KeySession, caller: Caller, request: Request<'decryptBatch'>): Promise<Response<'decryptBatch'>> {
  const items: Response<'decryptBatch'>['items'] = []
  try {
    for (const item of request.items) items.push(await answerOrRefusal(decrypt(session, caller, item)))
  } catch (error) {
    zero(...items.map(({ plaintext }) => plaintext))
    throw error
  }
  return { items }
}

/** A lock in the middle and a bug end the whole batch; every other refusal is the answer to its item. */
async function answerOrRefusal<T extends object>(call: Promise<T>): Promise<T | BatchRefusal> {
  try {
    return await call
  } catch (error) {
    if (!isKmsError(error) || error.code === 'VAULT_LOCKED') throw error
    return { code: error.code, message: error.message }
  }
}

export const symmetricOperations = { encrypt, decrypt, encryptBatch, decryptBatch }
