import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { randomBytesOf } from '../crypto/random'
import { findBlobKey, openBlob, sealBlob } from './blob-sealing'
import { requireUsable, type KeySession } from './key-session'
import { wrappingKeyOf, type WrappingKey } from './wrapping-key'

const dataKeyBytes = { AES_256: 32, AES_128: 16 } as const

/**
 * GenerateDataKey (kms-api 1.9): 32 bytes unless asked otherwise; numberOfBytes wins over keySpec. The data key is not
 * kept; the plaintext copy is the caller's, who zeroes it.
 */
async function generateDataKey(session: KeySession, caller: Caller, request: Request<'generateDataKey'>): Promise<Response<'generateDataKey'>> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireUsable(session, record, 'generateDataKey')
    const plaintext = newDataKey(request)
    try {
      const sealed = await sealBlob(session, record, plaintext, request.encryptionContext)
      session.recordUse(caller, keyId)
      return { keyId, plaintext, ...sealed }
    } catch (error) {
      plaintext.fill(0)
      throw error
    }
  })
}

/** As generateDataKey(), and the data key itself is destroyed at once. */
async function generateDataKeyWithoutPlaintext(
  session: KeySession,
  caller: Caller,
  request: Request<'generateDataKeyWithoutPlaintext'>,
): Promise<Response<'generateDataKeyWithoutPlaintext'>> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireUsable(session, record, 'generateDataKeyWithoutPlaintext')
    const sealed = await withBytes(newDataKey(request), (dataKey) => sealBlob(session, record, dataKey, request.encryptionContext))
    session.recordUse(caller, keyId)
    return { keyId, ...sealed }
  })
}

/**
 * ExportDataKey (kms-api 1.9): opens a data key and wraps it for the public key of another machine. Codes of decrypt();
 * INVALID_PARAMETER (publicKeyBlob, wrappingAlgorithm; ciphertextBlob when it holds more than the wrapping takes).
 */
async function exportDataKey(session: KeySession, caller: Caller, request: Request<'exportDataKey'>): Promise<Response<'exportDataKey'>> {
  const found = findBlobKey(session, request.ciphertextBlob)
  const { keyId } = found.record
  return session.audited(caller, keyId, async () => {
    requireUsable(session, found.record, 'exportDataKey')
    const wrappingKey = wrappingKeyOf(request)
    const dataKey = await openBlob(session, found, request.encryptionContext)
    const exportedDataKey = await withBytes(dataKey, () => wrap(wrappingKey, dataKey, 'ciphertextBlob'))
    session.recordUse(caller, keyId)
    return { keyId, keyVersionId: found.blob.keyVersionId, exportedDataKey }
  })
}

/** A new data key twice: as a blob, and wrapped as exportDataKey() does. Codes of both; INVALID_PARAMETER (numberOfBytes). */
async function generateAndExportDataKey(
  session: KeySession,
  caller: Caller,
  request: Request<'generateAndExportDataKey'>,
): Promise<Response<'generateAndExportDataKey'>> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireUsable(session, record, 'generateAndExportDataKey')
    const wrappingKey = wrappingKeyOf(request)
    const copies = await withBytes(newDataKey(request), async (dataKey) => {
      const exportedDataKey = wrap(wrappingKey, dataKey, 'numberOfBytes')
      return { exportedDataKey, ...(await sealBlob(session, record, dataKey, request.encryptionContext)) }
    })
    session.recordUse(caller, keyId)
    return { keyId, ...copies }
  })
}

function newDataKey({ keySpec = 'AES_256', numberOfBytes }: Pick<Request<'generateDataKey'>, 'keySpec' | 'numberOfBytes'>): Uint8Array {
  return randomBytesOf(numberOfBytes ?? dataKeyBytes[keySpec])
}

function wrap({ maxPlaintextBytes, encrypt }: WrappingKey, dataKey: Uint8Array, field: string): Uint8Array {
  if (dataKey.length > maxPlaintextBytes) throw invalidParameter(field, `must not be more than the ${maxPlaintextBytes} bytes that the wrapping key takes`)
  return encrypt(dataKey)
}

/** Lends `bytes` to `work` and zeroes them after it. */
async function withBytes<T>(bytes: Uint8Array, work: (bytes: Uint8Array) => T | Promise<T>): Promise<T> {
  try {
    return await work(bytes)
  } finally {
    bytes.fill(0)
  }
}

export const dataKeyOperations = { generateDataKey, generateDataKeyWithoutPlaintext, exportDataKey, generateAndExportDataKey }
