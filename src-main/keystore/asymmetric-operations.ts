import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { toPem } from '../crypto/spki'
import { openAsymmetric } from './asymmetric-decryption'
import { requireDigest, requireEncryption, requireFamily, requireSigning, requireVersion } from './key-checks'
import type { KeyVersionRef } from './key-provider'
import type { KeyRecord } from './key-record'
import { requireUsable, requireUsage, type KeySession } from './key-session'
import { encryptWith, verifyWith } from './public-key-work'

type SigningRequest = Pick<Request<'asymmetricSign'>, 'keyId' | 'keyVersionId' | 'algorithm' | 'digest'>

/**
 * AsymmetricEncrypt (kms-api 1.9) for the public key of a version. State codes, UNSUPPORTED_OPERATION,
 * INVALID_PARAMETER (algorithm, plaintext), KEY_VERSION_NOT_FOUND.
 */
async function asymmetricEncrypt(session: KeySession, caller: Caller, request: Request<'asymmetricEncrypt'>): Promise<Response<'asymmetricEncrypt'>> {
  const { keyVersionId, algorithm, plaintext } = request
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireUsable(session, record, 'asymmetricEncrypt')
    requireFamily(record, 'asymmetric')
    requireUsage(record, 'ENCRYPT/DECRYPT')
    const { maxPlaintextBytes } = requireEncryption(record.keySpec, algorithm, 'algorithm')
    if (plaintext.length > maxPlaintextBytes) throw invalidParameter('plaintext', `must be at most ${maxPlaintextBytes} bytes for this key and algorithm`)
    const version = requireVersion(record, keyVersionId)
    const ciphertextBlob = encryptWith(await session.publicKeys.of(version), algorithm, plaintext)
    noteUse(session, caller, version)
    return { keyId, keyVersionId, ciphertextBlob }
  })
}

/** AsymmetricDecrypt. The plaintext is new memory that the caller zeroes. Codes of openAsymmetric(). */
async function asymmetricDecrypt(session: KeySession, caller: Caller, request: Request<'asymmetricDecrypt'>): Promise<Response<'asymmetricDecrypt'>> {
  const { keyVersionId, algorithm, ciphertextBlob } = request
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    const opening = { operation: 'asymmetricDecrypt', keyVersionId, algorithm, algorithmField: 'algorithm', ciphertext: ciphertextBlob } as const
    const plaintext = await openAsymmetric(session, record, opening)
    try {
      session.recordUse(caller, keyId)
    } catch (error) {
      plaintext.fill(0)
      throw error
    }
    return { keyId, keyVersionId, plaintext }
  })
}

/**
 * AsymmetricSign (kms-api 1.9) over a digest that is not hashed again. State codes, UNSUPPORTED_OPERATION,
 * INVALID_PARAMETER (algorithm, digest), KEY_VERSION_NOT_FOUND.
 */
function asymmetricSign(session: KeySession, caller: Caller, request: Request<'asymmetricSign'>): Promise<Response<'asymmetricSign'>> {
  const { algorithm, digest } = request
  return withSigningKey(session, caller, 'asymmetricSign', request, (version) => session.provider.sign(version, algorithm, digest))
}

/** AsymmetricVerify: false for whatever is not a signature of the digest. Codes of asymmetricSign(). */
function asymmetricVerify(session: KeySession, caller: Caller, request: Request<'asymmetricVerify'>): Promise<Response<'asymmetricVerify'>> {
  const { algorithm, digest, value } = request
  return withSigningKey(session, caller, 'asymmetricVerify', request, async (version, { keySpec }) =>
    verifyWith(await session.publicKeys.of(version), keySpec, algorithm, digest, value),
  )
}

/** GetPublicKey, in every state of the key. UNSUPPORTED_OPERATION, KEY_VERSION_NOT_FOUND. */
async function getPublicKey(session: KeySession, _caller: Caller, request: Request<'getPublicKey'>): Promise<Response<'getPublicKey'>> {
  const { keyId, record } = session.resolve(request.keyId)
  requireUsable(session, record, 'getPublicKey')
  requireFamily(record, 'asymmetric')
  const version = requireVersion(record, request.keyVersionId)
  const { spki } = await session.publicKeys.of(version)
  return { keyId, keyVersionId: version.keyVersionId, publicKey: toPem('PUBLIC KEY', spki) }
}

/** Answers with what `work` makes of the version and notes the use, audited. */
async function withSigningKey<T>(
  session: KeySession,
  caller: Caller,
  operation: 'asymmetricSign' | 'asymmetricVerify',
  request: SigningRequest,
  work: (version: KeyVersionRef, record: KeyRecord) => Promise<T>,
): Promise<{ keyId: string; keyVersionId: string; value: T }> {
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireUsable(session, record, operation)
    const version = signingVersion(record, request)
    const value = await work(version, record)
    noteUse(session, caller, version)
    return { keyId, keyVersionId: version.keyVersionId, value }
  })
}

function signingVersion(record: KeyRecord, { keyVersionId, algorithm, digest }: SigningRequest): KeyVersionRef {
  requireSigning(record, algorithm)
  requireDigest('digest', algorithm, digest)
  return requireVersion(record, keyVersionId)
}

function noteUse(session: KeySession, caller: Caller, { keyId, keyVersionId }: KeyVersionRef): void {
  session.usage.noteUse(keyId, keyVersionId)
  session.recordUse(caller, keyId)
}

export const asymmetricOperations = { asymmetricEncrypt, asymmetricDecrypt, asymmetricSign, asymmetricVerify, getPublicKey }
