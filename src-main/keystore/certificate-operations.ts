import type { certificateSchemas } from '../../src-shared/contract/certificates'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import { toPem } from '../crypto/spki'
import { subjectText } from '../crypto/x509/subject'
import { certificateArn } from './arn'
import { pemOf, readIssued } from './certificate-chain'
import { changeCertificate, removeCertificate } from './certificate-changes'
import { makeCertificate } from './certificate-creation'
import { certificateMetadataOf } from './certificate-metadata'
import { namesOf } from '../crypto/x509/certificate-names'
import { signOwnCertificate, signRequest } from './certificate-signing'
import { requireStatusChange, requireUploadable } from './certificate-status'
import { requireVersion } from './key-checks'
import type { KeyOperationsOf } from './key-operation'
import type { KeySession } from './key-session'
import { pageOf } from './pages'

const requestLabel = 'CERTIFICATE REQUEST'

/** CreateCertificate (kms-api 1.11): a request for a certificate. INVALID_PARAMETER and the codes of makeCertificate(). */
async function createCertificate(session: KeySession, caller: Caller, request: Request<'createCertificate'>): Promise<Response<'createCertificate'>> {
  const names = namesOf(request)
  const { certificateId, der } = await makeCertificate(session, caller, request, {
    operation: 'createCertificate',
    description: subjectText(names.subject),
    sign: (pair) => signRequest(pair, names),
    contentOf: (csr) => ({ csr, certificate: null, chain: [] }),
  })
  return { certificateId, arn: certificateArn(session.records.vaultId, certificateId), csr: toPem(requestLabel, der) }
}

/** Not of the KMS API: valid from now on. INVALID_PARAMETER and the codes of makeCertificate(). */
async function createSelfSignedCertificate(
  session: KeySession,
  caller: Caller,
  request: Request<'createSelfSignedCertificate'>,
): Promise<Response<'createSelfSignedCertificate'>> {
  const names = namesOf(request)
  const { certificateId, der } = await makeCertificate(session, caller, request, {
    operation: 'createSelfSignedCertificate',
    description: subjectText(names.subject),
    sign: (pair) => signOwnCertificate(pair, names, session.nowMs(), request.validityDays),
    contentOf: (certificate) => ({ csr: null, certificate, chain: [] }),
  })
  return { certificateId, arn: certificateArn(session.records.vaultId, certificateId), certificate: pemOf(der) }
}

/**
 * UploadCertificate: what a CA has issued for the request, or a renewed one in place of the one before; it takes effect
 * at once, but an inactive one stays inactive. CERTIFICATE_NOT_FOUND, CERTIFICATE_INACTIVE, and the codes of readIssued().
 */
function uploadCertificate(session: KeySession, caller: Caller, request: Request<'uploadCertificate'>): Promise<Response<'uploadCertificate'>> {
  return changeCertificate(session, caller, request.certificateId, async (record) => {
    requireUploadable(record)
    const version = requireVersion(session.resolve(record.keyId).record, record.keyVersionId)
    const { spki } = await session.publicKeys.of(version)
    const issued = readIssued(request.certificate, request.certificateChain, spki)
    return { ...record, ...issued, status: record.status === 'PENDING' ? 'ACTIVE' : record.status }
  })
}

/** GetCertificate. CERTIFICATE_NOT_FOUND. */
async function getCertificate(session: KeySession, _caller: Caller, { certificateId }: Request<'getCertificate'>): Promise<Response<'getCertificate'>> {
  const { csr, certificate, chain } = await session.certificates.get(certificateId)
  return {
    certificateId,
    ...(csr === null ? {} : { csr: toPem(requestLabel, csr) }),
    ...(certificate === null ? {} : { certificate: pemOf(certificate) }),
    ...(chain.length === 0 ? {} : { certificateChain: pemOf(...chain) }),
  }
}

/** DescribeCertificate. CERTIFICATE_NOT_FOUND. */
async function describeCertificate(session: KeySession, _caller: Caller, { certificateId }: Request<'describeCertificate'>): Promise<Response<'describeCertificate'>> {
  return certificateMetadataOf(session, await session.certificates.get(certificateId))
}

/** Newest first; those of one key when it is named. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
async function listCertificates(session: KeySession, _caller: Caller, request: Request<'listCertificates'>): Promise<Response<'listCertificates'>> {
  const { keyId, pageNumber, pageSize } = request
  const found = await (keyId === undefined ? session.certificates.all() : session.certificates.ofKey(session.resolve(keyId).keyId))
  const certificates = pageOf(found, pageNumber, pageSize).map((record) => certificateMetadataOf(session, record))
  return { totalCount: found.length, pageNumber, pageSize, certificates }
}

/** DeleteCertificate: the key stays. CERTIFICATE_NOT_FOUND. */
function deleteCertificate(session: KeySession, caller: Caller, { certificateId }: Request<'deleteCertificate'>): Promise<Response<'deleteCertificate'>> {
  return removeCertificate(session, caller, certificateId)
}

/** UpdateCertificateStatus. CERTIFICATE_NOT_FOUND, CERTIFICATE_INACTIVE. */
function updateCertificateStatus(session: KeySession, caller: Caller, request: Request<'updateCertificateStatus'>): Promise<Response<'updateCertificateStatus'>> {
  const { certificateId } = request
  const status = request.status === 'DISABLE' ? 'INACTIVE' : request.status
  return changeCertificate(session, caller, certificateId, (record) => {
    requireStatusChange(record, status)
    return { ...record, status }
  })
}

type OwnOperations = Omit<
  typeof certificateSchemas,
  'certificatePrivateKeySign' | 'certificatePublicKeyVerify' | 'certificatePublicKeyEncrypt' | 'certificatePrivateKeyDecrypt' | 'exportCertificate'
>

export const certificateOperations: KeyOperationsOf<OwnOperations> = {
  createCertificate,
  createSelfSignedCertificate,
  uploadCertificate,
  getCertificate,
  describeCertificate,
  listCertificates,
  deleteCertificate,
  updateCertificateStatus,
}
