import type { CertificateMetadata } from '../../src-shared/contract/certificates'
import { parseCertificate, type ParsedCertificate } from '../crypto/x509/parse-certificate'
import { parseCsr } from '../crypto/x509/parse-csr'
import { isIssuedBy } from '../crypto/x509/verify-certificate'
import { certificateArn } from './arn'
import type { CertificateRecord } from './certificate-record'
import { isoSeconds } from './key-metadata'
import type { KeySession } from './key-session'
import { damagedRow } from './stored-row'

/** What is said of a certificate; of one that is not there yet, what was asked for. VAULT_DAMAGED. */
export function certificateMetadataOf(session: KeySession, record: CertificateRecord): CertificateMetadata {
  const { certificateId, status, keyId, keyVersionId, createdAt, updatedAt, tags } = record
  const { keySpec, isExportable } = session.resolve(keyId).record
  return {
    certificateId,
    arn: certificateArn(session.records.vaultId, certificateId),
    status,
    keyId,
    keyVersionId,
    keySpec,
    exportablePrivateKey: isExportable,
    ...knownContent(record),
    createdAt: isoSeconds(createdAt),
    updatedAt: isoSeconds(updatedAt),
    tags: tags.map(({ key, value }) => ({ key, value })),
  }
}

type Content = Pick<CertificateMetadata, 'subject' | 'subjectAlternativeNames' | 'issuer' | 'serial' | 'fingerprint' | 'notBefore' | 'notAfter' | 'isSelfSigned'>

const notIssued = { issuer: null, serial: null, fingerprint: null, notBefore: null, notAfter: null, isSelfSigned: false } as const

/** Reading and verifying takes milliseconds, and records never change: what was found is kept as long as the record. */
const known = new WeakMap<CertificateRecord, Content>()

function knownContent(record: CertificateRecord): Content {
  const content = known.get(record) ?? contentOf(record)
  known.set(record, content)
  return { ...content, subjectAlternativeNames: [...content.subjectAlternativeNames] }
}

function contentOf({ csr, certificate }: CertificateRecord): Content {
  const issued = certificate && parseCertificate(certificate)
  if (issued) return issuedContent(issued)
  const asked = certificate === null && csr !== null ? parseCsr(csr) : null
  if (!asked) throw damagedRow('certificate record')
  return { subject: asked.subject, subjectAlternativeNames: asked.alternativeNames, ...notIssued }
}

function issuedContent(certificate: ParsedCertificate): Content {
  const { subject, alternativeNames, issuer, serialNumber, fingerprint, notBefore, notAfter } = certificate
  return {
    subject,
    subjectAlternativeNames: alternativeNames,
    issuer,
    serial: serialNumber,
    fingerprint,
    notBefore: isoSeconds(notBefore.getTime()),
    notAfter: isoSeconds(notAfter.getTime()),
    isSelfSigned: isIssuedBy(certificate, certificate),
  }
}
