import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, missingParameter, type KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { openAsymmetric } from './asymmetric-decryption'
import { findBlobKey, openBlob, sealBlob } from './blob-sealing'
import { requireSymmetric } from './key-checks'
import { requireUsable, requireUsage, type KeySession } from './key-session'

/** A ciphertext with its key, ready to be opened. */
interface Source {
  keyId: string
  open(): Promise<Uint8Array>
}

const sourceFields = ['sourceKeyId', 'sourceKeyVersionId', 'sourceEncryptionAlgorithm'] as const

/**
 * ReEncrypt (kms-api 1.9): opens a blob, or with the three source fields the output of AsymmetricEncrypt, and seals it
 * under the primary version of another key or for another context. The plaintext never leaves. Both keys have it in the
 * audit log; a refusal is written to the one that refused. Codes of decrypt() or asymmetricDecrypt(), and of encrypt();
 * MISSING_PARAMETER when some but not all of the source fields are given.
 */
async function reEncrypt(session: KeySession, caller: Caller, request: Request<'reEncrypt'>): Promise<Response<'reEncrypt'>> {
  const source = sourceOf(session, request)
  const { keyId, record } = session.resolve(request.destinationKeyId)
  await session.audited(caller, keyId, async () => {
    requireUsable(session, record, 'reEncrypt')
    requireSymmetric(record)
    requireUsage(record, 'ENCRYPT/DECRYPT')
  })
  const plaintext = await session.audited(caller, source.keyId, () => source.open())
  try {
    const sealed = await session.audited(caller, keyId, () => sealBlob(session, record, plaintext, request.destinationEncryptionContext))
    for (const usedId of new Set([source.keyId, keyId])) session.recordUse(caller, usedId)
    return { keyId, ...sealed }
  } finally {
    plaintext.fill(0)
  }
}

function sourceOf(session: KeySession, request: Request<'reEncrypt'>): Source {
  const { ciphertextBlob, sourceKeyId, sourceKeyVersionId, sourceEncryptionAlgorithm, sourceEncryptionContext } = request
  if (sourceFields.every((field) => request[field] === undefined)) {
    const found = findBlobKey(session, ciphertextBlob)
    return {
      keyId: found.record.keyId,
      open: async () => {
        requireUsable(session, found.record, 'reEncrypt')
        return openBlob(session, found, sourceEncryptionContext)
      },
    }
  }
  if (sourceKeyId === undefined || sourceKeyVersionId === undefined || sourceEncryptionAlgorithm === undefined) throw missingSource(request)
  if (Object.keys(sourceEncryptionContext ?? {}).length > 0) {
    throw invalidParameter('sourceEncryptionContext', 'must not be given: asymmetric ciphertext has no encryption context')
  }
  const { keyId, record } = session.resolve(sourceKeyId)
  return {
    keyId,
    open: () => openAsymmetric(session, record, { operation: 'reEncrypt', keyVersionId: sourceKeyVersionId, algorithm: sourceEncryptionAlgorithm, algorithmField: 'sourceEncryptionAlgorithm', ciphertext: ciphertextBlob }),
  }
}

function missingSource(request: Request<'reEncrypt'>): KmsError {
  const missing = sourceFields.filter((field) => request[field] === undefined)
  return missingParameter(missing[0] ?? '', missing.map((field) => ({ field, problem: 'is missing' })))
}

export const reEncryptionOperations = { reEncrypt }
