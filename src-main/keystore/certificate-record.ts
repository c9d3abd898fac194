import { certificateStatuses, type CertificateStatus } from '../../src-shared/contract/certificates'
import { limits } from '../../src-shared/model/limits'
import type { Tag } from '../../src-shared/model/tags'
import type { RecordTransaction } from '../vault/records'
import { isKeyId, isKeyVersionSuffix } from './key-ids'
import { storedTags } from './key-record-extras'
import { countOf, damagedRow, decodeRow, encodeRow, listOf, oneOf, textOf } from './stored-row'

/** A certificate, or the request for one. Times are milliseconds since the epoch. Never changed in place. */
export interface CertificateRecord {
  readonly certificateId: string
  /** Rises with every new certificate of the vault: the order of listCertificates, whatever the clock did. */
  readonly ordinal: number
  readonly keyId: string
  readonly keyVersionId: string
  readonly status: CertificateStatus
  /** DER; null when nothing was asked for: self-signed, or imported with its key. */
  readonly csr: Uint8Array | null
  /** DER; null exactly while the status is PENDING. */
  readonly certificate: Uint8Array | null
  /** DER of the issuers, the certificate's own one first. */
  readonly chain: readonly Uint8Array[]
  readonly createdAt: number
  readonly updatedAt: number
  /** Sorted by key. */
  readonly tags: readonly Tag[]
}

const layoutVersion = 1
const fieldCount = 10
const what = 'certificate record'
const base64Chars = Math.ceil(limits.certificateBytes / 3) * 4

/**
 * Writes the row `certificate`, whose id is the certificate id and whose parent is the key id. Layout 1: ordinal, key id,
 * what follows it in the version id, status, request, certificate (both Base64 or null), chain in Base64, created at,
 * updated at, tags as [key, value]. Names and times of validity are those of the DER.
 */
export function writeCertificate(tx: RecordTransaction, record: CertificateRecord): Promise<void> {
  const { certificateId, ordinal, keyId, keyVersionId, status, csr, certificate, chain, createdAt, updatedAt, tags } = record
  const suffix = keyVersionId.slice(keyId.length + 1)
  const der = [textOrNull(csr), textOrNull(certificate), chain.map(base64Of)]
  const row = [ordinal, keyId, suffix, status, ...der, createdAt, updatedAt, tags.map(({ key, value }) => [key, value])]
  return tx.put('certificate', certificateId, keyId, encodeRow(layoutVersion, row))
}

/** Reads a row strictly. VAULT_DAMAGED, VAULT_NEWER_VERSION. */
export function decodeCertificate(certificateId: string, bytes: Uint8Array): CertificateRecord {
  const [, ordinal, keyId, suffix, status, csr, certificate, chain, createdAt, updatedAt, tags] = decodeRow(bytes, layoutVersion, fieldCount, what)
  if (typeof keyId !== 'string' || !isKeyId(keyId) || typeof suffix !== 'string' || !isKeyVersionSuffix(suffix)) throw damagedRow(what)
  const record: CertificateRecord = {
    certificateId,
    ordinal: countOf(ordinal, what),
    keyId,
    keyVersionId: `${keyId}-${suffix}`,
    status: oneOf(certificateStatuses, status, what),
    csr: derOrNull(csr),
    certificate: derOrNull(certificate),
    chain: listOf(chain, what).map(derOf),
    createdAt: countOf(createdAt, what),
    updatedAt: countOf(updatedAt, what),
    tags: storedTags(tags, what),
  }
  const isPending = record.status === 'PENDING'
  if (isPending !== (record.certificate === null) || (isPending && record.csr === null)) throw damagedRow(what)
  return record
}

function textOrNull(der: Uint8Array | null): string | null {
  return der === null ? null : base64Of(der)
}

function derOrNull(value: unknown): Uint8Array | null {
  return value === null ? null : derOf(value)
}

function base64Of(der: Uint8Array): string {
  return Buffer.from(der).toString('base64')
}

function derOf(value: unknown): Uint8Array {
  const der = new Uint8Array(Buffer.from(textOf(value, base64Chars, what), 'base64'))
  if (der.length === 0) throw damagedRow(what)
  return der
}
