import type { certificateSchemas } from '../../src-shared/contract/certificates'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import { signingDigestOf } from '../crypto/signing-digest'
import { asymmetricOperations } from './asymmetric-operations'
import { requireUse, type CertificateUse } from './certificate-status'
import { requireDigest } from './key-checks'
import type { KeyOperationsOf } from './key-operation'
import type { KeySession } from './key-session'
import { signingKeyOf } from './signing-key'

type SigningRequest = Pick<Request<'certificatePrivateKeySign'>, 'certificateId' | 'algorithm' | 'message' | 'messageType'>

/** CertificatePrivateKeySign (kms-api 1.11): RAW is hashed here. CERTIFICATE_NOT_FOUND, CERTIFICATE_INACTIVE, and the codes of AsymmetricSign. */
async function certificatePrivateKeySign(session: KeySession, caller: Caller, request: Request<'certificatePrivateKeySign'>): Promise<Response<'certificatePrivateKeySign'>> {
  const { value } = await asymmetricOperations.asymmetricSign(session, caller, await signingWith(session, caller, request, 'sign'))
  return { certificateId: request.certificateId, signatureValue: value }
}

/** CertificatePublicKeyVerify: false for whatever is not a signature of the message. Codes as for signing. */
async function certificatePublicKeyVerify(
  session: KeySession,
  caller: Caller,
  request: Request<'certificatePublicKeyVerify'>,
): Promise<Response<'certificatePublicKeyVerify'>> {
  const signed = await signingWith(session, caller, request, 'verify')
  const { value } = await asymmetricOperations.asymmetricVerify(session, caller, { ...signed, value: request.signatureValue })
  return { certificateId: request.certificateId, signatureValid: value }
}

/** CertificatePublicKeyEncrypt. CERTIFICATE_NOT_FOUND, CERTIFICATE_INACTIVE, and the codes of AsymmetricEncrypt. */
async function certificatePublicKeyEncrypt(
  session: KeySession,
  caller: Caller,
  request: Request<'certificatePublicKeyEncrypt'>,
): Promise<Response<'certificatePublicKeyEncrypt'>> {
  const { certificateId, algorithm, plaintext } = request
  const version = await versionFor(session, caller, certificateId, 'encrypt')
  const { ciphertextBlob } = await asymmetricOperations.asymmetricEncrypt(session, caller, { ...version, algorithm, plaintext })
  return { certificateId, ciphertextBlob }
}

/** CertificatePrivateKeyDecrypt. The plaintext is new memory that the caller zeroes. Codes as for AsymmetricDecrypt. */
async function certificatePrivateKeyDecrypt(
  session: KeySession,
  caller: Caller,
  request: Request<'certificatePrivateKeyDecrypt'>,
): Promise<Response<'certificatePrivateKeyDecrypt'>> {
  const { certificateId, algorithm, ciphertextBlob } = request
  const version = await versionFor(session, caller, certificateId, 'decrypt')
  const { plaintext } = await asymmetricOperations.asymmetricDecrypt(session, caller, { ...version, algorithm, ciphertextBlob })
  return { certificateId, plaintext }
}

/** The key version of a certificate that may be used so. CERTIFICATE_NOT_FOUND, and the codes of requireUse(). */
async function versionFor(session: KeySession, caller: Caller, certificateId: string, use: CertificateUse): Promise<{ keyId: string; keyVersionId: string }> {
  const record = await session.certificates.get(certificateId)
  const { keyId, keyVersionId } = record
  return session.audited(caller, keyId, async () => {
    requireUse(session, record, use)
    return { keyId, keyVersionId }
  })
}

/**
 * The request for the key of the certificate, with the digest that the signature algorithm takes. INVALID_PARAMETER
 * (message) for a digest of another length, and the codes of versionFor() and signingKeyOf().
 */
async function signingWith(session: KeySession, caller: Caller, { certificateId, algorithm, message, messageType }: SigningRequest, use: 'sign' | 'verify'): Promise<Request<'asymmetricSign'>> {
  const { keyId, keyVersionId } = await versionFor(session, caller, certificateId, use)
  const digest = await session.audited(caller, keyId, async () => {
    const { spki } = await signingKeyOf(session, keyId, keyVersionId, algorithm)
    if (messageType === 'RAW') return signingDigestOf(algorithm, spki, message)
    requireDigest('message', algorithm, message)
    return message
  })
  return { keyId, keyVersionId, algorithm, digest }
}

type OwnOperations = Pick<
  typeof certificateSchemas,
  'certificatePrivateKeySign' | 'certificatePublicKeyVerify' | 'certificatePublicKeyEncrypt' | 'certificatePrivateKeyDecrypt'
>

export const certificateUses: KeyOperationsOf<OwnOperations> = {
  certificatePrivateKeySign,
  certificatePublicKeyVerify,
  certificatePublicKeyEncrypt,
  certificatePrivateKeyDecrypt,
}
