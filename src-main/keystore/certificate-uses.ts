import type { certificateSchemas } from '../../src-shared/contract/certificates'
import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { digestBytes } from '../../src-shared/model/key-specs'
import { signingDigestOf } from '../crypto/signing-digest'
import { asymmetricOperations } from './asymmetric-operations'
import type { CertificateRecord } from './certificate-record'
import { requireUse, type CertificateUse } from './certificate-status'
import type { KeyOperationsOf } from './key-operation'
import type { KeySession } from './key-session'
import { signingKeyOf } from './signing-key'

type SigningRequest = Pick<Request<'certificatePrivateKeySign'>, 'algorithm' | 'message' | 'messageType'>

/** CertificatePrivateKeySign (kms-api 1.11): RAW is hashed here. CERTIFICATE_NOT_FOUND, CERTIFICATE_INACTIVE, and the codes of AsymmetricSign. */
async function certificatePrivateKeySign(session: KeySession, caller: Caller, request: Request<'certificatePrivateKeySign'>): Promise<Response<'certificatePrivateKeySign'>> {
  const { certificateId, algorithm } = request
  const record = await usableFor(session, caller, certificateId, 'sign')
  const digest = await digestOf(session, caller, record, request)
  const { value } = await asymmetricOperations.asymmetricSign(session, caller, { ...versionOf(record), algorithm, digest })
  return { certificateId, signatureValue: value }
}

/** CertificatePublicKeyVerify: false for whatever is not a signature of the message. Codes as for signing. */
async function certificatePublicKeyVerify(
  session: KeySession,
  caller: Caller,
  request: Request<'certificatePublicKeyVerify'>,
): Promise<Response<'certificatePublicKeyVerify'>> {
  const { certificateId, algorithm, signatureValue } = request
  const record = await usableFor(session, caller, certificateId, 'verify')
  const digest = await digestOf(session, caller, record, request)
  const { value } = await asymmetricOperations.asymmetricVerify(session, caller, { ...versionOf(record), algorithm, digest, value: signatureValue })
  return { certificateId, signatureValid: value }
}

/** CertificatePublicKeyEncrypt. CERTIFICATE_NOT_FOUND, CERTIFICATE_INACTIVE, and the codes of AsymmetricEncrypt. */
async function certificatePublicKeyEncrypt(
  session: KeySession,
  caller: Caller,
  request: Request<'certificatePublicKeyEncrypt'>,
): Promise<Response<'certificatePublicKeyEncrypt'>> {
  const { certificateId, algorithm, plaintext } = request
  const record = await usableFor(session, caller, certificateId, 'encrypt')
  const { ciphertextBlob } = await asymmetricOperations.asymmetricEncrypt(session, caller, { ...versionOf(record), algorithm, plaintext })
  return { certificateId, ciphertextBlob }
}

/** CertificatePrivateKeyDecrypt. The plaintext is new memory that the caller zeroes. Codes as for AsymmetricDecrypt. */
async function certificatePrivateKeyDecrypt(
  session: KeySession,
  caller: Caller,
  request: Request<'certificatePrivateKeyDecrypt'>,
): Promise<Response<'certificatePrivateKeyDecrypt'>> {
  const { certificateId, algorithm, ciphertextBlob } = request
  const record = await usableFor(session, caller, certificateId, 'decrypt')
  const { plaintext } = await asymmetricOperations.asymmetricDecrypt(session, caller, { ...versionOf(record), algorithm, ciphertextBlob })
  return { certificateId, plaintext }
}

async function usableFor(session: KeySession, caller: Caller, certificateId: string, use: CertificateUse): Promise<CertificateRecord> {
  const record = await session.certificates.get(certificateId)
  return session.audited(caller, record.keyId, async () => {
    requireUse(session, record, use)
    return record
  })
}

/** What the signature algorithm takes. INVALID_PARAMETER (message) for a digest of another length, and the codes of signingKeyOf(). */
function digestOf(session: KeySession, caller: Caller, { keyId, keyVersionId }: CertificateRecord, { algorithm, message, messageType }: SigningRequest): Promise<Uint8Array> {
  return session.audited(caller, keyId, async () => {
    const { publicKey } = await signingKeyOf(session, keyId, keyVersionId, algorithm)
    if (messageType === 'RAW') return signingDigestOf(algorithm, publicKey, message)
    const length = digestBytes[algorithm]
    if (length !== null && message.length !== length) throw invalidParameter('message', `must be a digest of ${length} bytes for this algorithm`)
    return message
  })
}

function versionOf({ keyId, keyVersionId }: CertificateRecord): { keyId: string; keyVersionId: string } {
  return { keyId, keyVersionId }
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
