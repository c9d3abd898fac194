import type { AsymmetricKeySpec } from '../../src-shared/model/keys'
import type { SecretBuffer } from '../crypto/secret-buffer'
import { certificateMetadataOf } from './certificate-metadata'
import type { CertificateRecord } from './certificate-record'
import type { KeySession } from './key-session'
import { exportableMaterial } from './private-keys'

/** What goes into a file with a certificate and its key. */
export interface ExportableCertificate {
  keySpec: AsymmetricKeySpec
  /** For the caller to destroy. */
  material: SecretBuffer
  /** DER: the certificate, then its chain. */
  certificates: readonly Uint8Array[]
  /** The subject. */
  name: string
}

/** Status and state have been asked. KEY_NOT_EXPORTABLE. */
export async function exportableCertificate(session: KeySession, record: CertificateRecord): Promise<ExportableCertificate> {
  const { keyId, keyVersionId, certificate, chain } = record
  const { subject: name } = certificateMetadataOf(session, record)
  const certificates = certificate === null ? [] : [certificate, ...chain]
  return { ...(await exportableMaterial(session, session.resolve(keyId).record, keyVersionId)), certificates, name }
}
