import type { CertificateMetadata } from '../../../src-shared/contract/certificates'
import { findKey } from './key-views'
import { sampleId } from './sample-keys'
import type { FakeKey, FakeOperations, FakeState } from './state'
import { refuse } from './refuse'

type CertificateName =
  | 'createCertificate' | 'createSelfSignedCertificate' | 'uploadCertificate' | 'getCertificate' | 'describeCertificate' | 'listCertificates' | 'deleteCertificate'
  | 'updateCertificateStatus' | 'certificatePrivateKeySign' | 'certificatePublicKeyVerify' | 'certificatePublicKeyEncrypt' | 'certificatePrivateKeyDecrypt'
  | 'exportCertificate' | 'describeRegions' | 'describeAccountKmsStatus' | 'openKmsService'

const pem = (label: string) => `-----BEGIN ${label}-----\nMIIBzDCCAXKgAwIBAgIUXr3nP9bGm1o2h5mVbV0eWfIrrJ8wCgYIKoZIzj0EAwIw\n-----END ${label}-----\n`

/** Certificates of the fake main, and what the service says of itself. */
export function certificateOperations(state: FakeState): Pick<FakeOperations, CertificateName> {
  const find = (id: string) => state.certificates.find(({ certificateId }) => certificateId === id) ?? refuse('CERTIFICATE_NOT_FOUND')
  const now = () => new Date(state.nowMs).toISOString()
  const change = (id: string, patch: Partial<CertificateMetadata>) => {
    const before = find(id)
    state.certificates = state.certificates.map((other) => (other === before ? { ...before, ...patch, updatedAt: now() } : other))
    state.emit('keysChanged', { keyId: before.keyId })
    return {}
  }
  const issued = () => ({
    status: 'ACTIVE', issuer: 'CN=Internal CA', serial: '5ebde73fd6c69b5a36879995', fingerprint: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    notBefore: now(), notAfter: new Date(state.nowMs + 365 * 86_400_000).toISOString(),
  } as const)
  const make = (key: FakeKey, subject: string, subjectAlternativeNames: readonly string[], isSelfSigned: boolean) => {
    const certificateId = sampleId(500_000 + state.certificates.length)
    const blank = { status: 'PENDING', issuer: null, serial: null, fingerprint: null, notBefore: null, notAfter: null } as const
    const certificate: CertificateMetadata = {
      certificateId, arn: `acs:kms:local:8f14e45fceea167a:certificate/${certificateId}`, keyId: key.row.keyId, keyVersionId: key.versions.at(-1)?.keyVersionId ?? '',
      keySpec: key.row.keySpec, exportablePrivateKey: key.metadata.exportable, subject, subjectAlternativeNames: [...subjectAlternativeNames],
      isSelfSigned, createdAt: now(), updatedAt: now(), tags: [], ...(isSelfSigned ? { ...issued(), issuer: subject } : blank),
    }
    state.certificates = [certificate, ...state.certificates]
    state.emit('keysChanged', { keyId: key.row.keyId })
    return { certificateId, arn: certificate.arn }
  }
  return {
    createCertificate: async ({ keyId, subject, subjectAlternativeNames = [] }) => ({ ...make(findKey(state, keyId), subject, subjectAlternativeNames, false), csr: pem('CERTIFICATE REQUEST') }),
    createSelfSignedCertificate: async ({ keyId, subject, subjectAlternativeNames = [] }) => ({
      ...make(findKey(state, keyId), subject, subjectAlternativeNames, true), certificate: pem('CERTIFICATE'),
    }),
    uploadCertificate: async ({ certificateId }) => change(certificateId, issued()),
    async getCertificate({ certificateId }) {
      const { status, isSelfSigned } = find(certificateId)
      return { certificateId, ...(isSelfSigned ? {} : { csr: pem('CERTIFICATE REQUEST') }), ...(status === 'PENDING' ? {} : { certificate: pem('CERTIFICATE') }) }
    },
    describeCertificate: async ({ certificateId }) => find(certificateId),
    async listCertificates({ keyId, pageNumber = 1, pageSize = 10 }) {
      const found = state.certificates.filter((certificate) => keyId === undefined || certificate.keyId === findKey(state, keyId).row.keyId)
      return { totalCount: found.length, pageNumber, pageSize, certificates: found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize) }
    },
    async deleteCertificate({ certificateId }) {
      const gone = find(certificateId)
      state.certificates = state.certificates.filter((other) => other !== gone)
      state.emit('keysChanged', { keyId: gone.keyId })
      return {}
    },
    updateCertificateStatus: async ({ certificateId, status }) => change(certificateId, { status: status === 'DISABLE' ? 'INACTIVE' : status }),
    certificatePrivateKeySign: async ({ certificateId, message }) => ({ certificateId, signatureValue: message.toReversed() }),
    certificatePublicKeyVerify: async ({ certificateId }) => ({ certificateId, signatureValid: true }),
    certificatePublicKeyEncrypt: async ({ certificateId, plaintext }) => ({ certificateId, ciphertextBlob: plaintext.toReversed() }),
    certificatePrivateKeyDecrypt: async ({ certificateId, ciphertextBlob }) => ({ certificateId, plaintext: ciphertextBlob.toReversed() }),
    async exportCertificate({ certificateId }) {
      if (!find(certificateId).exportablePrivateKey) refuse('KEY_NOT_EXPORTABLE')
      return {}
    },
    describeRegions: async () => ({ regions: [{ regionId: 'local' }] }),
    describeAccountKmsStatus: async () => ({ accountStatus: 'Enabled' }),
    openKmsService: async () => ({}),
  }
}
