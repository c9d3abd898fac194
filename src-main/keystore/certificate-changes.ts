import type { Caller } from '../../src-shared/model/caller'
import { uuid } from '../crypto/random'
import { writeCertificate, type CertificateRecord } from './certificate-record'
import type { KeyVersionRef } from './key-provider'
import type { KeySession } from './key-session'

/** What a new certificate is of. */
export type CertificateContent = Pick<CertificateRecord, 'csr' | 'certificate' | 'chain'>

/** Records of new certificates of a version; they are written by the caller, whose turn it is to change something. */
export async function newCertificates(
  session: KeySession,
  { keyId, keyVersionId }: Pick<KeyVersionRef, 'keyId' | 'keyVersionId'>,
  contents: readonly CertificateContent[],
): Promise<CertificateRecord[]> {
  const next = await session.certificates.nextOrdinal()
  const createdAt = session.nowMs()
  return contents.map((content, place) => {
    const status = content.certificate === null ? 'PENDING' : 'ACTIVE'
    return { certificateId: uuid(), ordinal: next + place, keyId, keyVersionId, status, ...content, createdAt, updatedAt: createdAt, tags: [] }
  })
}

/**
 * Changes one certificate: finds it, edits the record, writes it and takes it over. A refusal by `edit` is audited under
 * the key. CERTIFICATE_NOT_FOUND and the codes of `edit`.
 */
export function changeCertificate(
  session: KeySession,
  caller: Caller,
  certificateId: string,
  edit: (record: CertificateRecord) => CertificateRecord | Promise<CertificateRecord>,
): Promise<Record<string, never>> {
  return session.changes.run(async () => {
    const known = await session.certificates.get(certificateId)
    return session.audited(caller, known.keyId, async () => {
      await saveCertificates(session, caller, known.keyId, [{ ...(await edit(known)), updatedAt: session.nowMs() }])
      return {}
    })
  })
}

/** Writes new or changed records of a key in one transaction, for callers whose turn it is. */
export async function saveCertificates(session: KeySession, caller: Caller, keyId: string, records: readonly CertificateRecord[]): Promise<void> {
  await session.records.mutate(caller, keyId, async (tx) => {
    for (const record of records) await writeCertificate(tx, record)
  })
  for (const record of records) await session.certificates.put(record)
  session.changed(keyId)
}

/** Removes a certificate. CERTIFICATE_NOT_FOUND. */
export function removeCertificate(session: KeySession, caller: Caller, certificateId: string): Promise<Record<string, never>> {
  return session.changes.run(async () => {
    const { keyId } = await session.certificates.get(certificateId)
    await session.records.mutate(caller, keyId, (tx) => tx.remove('certificate', certificateId))
    await session.certificates.remove([certificateId])
    session.changed(keyId)
    return {}
  })
}
