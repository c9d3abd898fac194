import type { CertificateStatus } from '../../src-shared/contract/certificates'
import { KmsError } from '../../src-shared/errors'
import type { StateOperation } from '../../src-shared/model/state-table'
import type { CertificateRecord } from './certificate-record'
import { requireUsable, type KeySession } from './key-session'

/** What is done with a certificate and its key, each with the row of the state table that the key answers to. */
const keyOperations = {
  sign: 'asymmetricSign',
  decrypt: 'asymmetricDecrypt',
  encrypt: 'asymmetricEncrypt',
  verify: 'asymmetricVerify',
  export: 'exportPrivateKey',
} as const satisfies Record<string, StateOperation>
export type CertificateUse = keyof typeof keyOperations

/** An inactive certificate leaves the private key alone; a revoked one only shows what was signed before. */
const usesOf: Readonly<Record<CertificateStatus, readonly CertificateUse[]>> = {
  PENDING: [],
  ACTIVE: ['sign', 'decrypt', 'encrypt', 'verify', 'export'],
  INACTIVE: ['encrypt', 'verify'],
  REVOKED: ['verify'],
}

/** CERTIFICATE_INACTIVE when the status does not allow the use, and what the state of the key has against it. */
export function requireUse(session: KeySession, { keyId, status }: CertificateRecord, use: CertificateUse): void {
  if (!usesOf[status].includes(use)) throw inactive(keyId, `The certificate is ${status}, which does not allow this.`)
  requireUsable(session, session.resolve(keyId).record, keyOperations[use])
}

/** CERTIFICATE_INACTIVE: there is no status without a certificate, and none after the end. */
export function requireStatusChange({ keyId, status }: CertificateRecord, wanted: CertificateStatus): void {
  if (status === 'PENDING') throw inactive(keyId, 'There is no certificate yet: upload the one that was issued for the request.')
  if (status === 'REVOKED' && wanted !== 'REVOKED') throw inactive(keyId, 'The certificate is revoked for good.')
}

/** CERTIFICATE_INACTIVE for one that is revoked. */
export function requireUploadable({ keyId, status }: CertificateRecord): void {
  if (status === 'REVOKED') throw inactive(keyId, 'The certificate is revoked for good.')
}

function inactive(keyId: string, message: string): KmsError {
  return new KmsError('CERTIFICATE_INACTIVE', message, { keyId })
}
