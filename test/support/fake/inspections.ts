import type { FileHeaderInfo } from '../../../src-shared/contract/files'
import type { Request, Response } from '../../../src-shared/contract/operations'
import { sampleId } from './sample-keys'
import type { FakeState } from './state'

const mib = 1024 * 1024
type Inspection = Response<'inspectBlob'>

/** The header of an encrypted file that the first key opens. */
export function sampleHeader({ keys }: FakeState): FileHeaderInfo {
  const keyId = keys[0]?.row.keyId ?? null
  return {
    fileName: 'report-2026.pdf.keystead', suite: '0478', messageId: '9c1185a5c5e9fc54612808977ee8f548b2258d310fa2c1b8a7d8e8f0f3f0a1b2',
    recipients: [{ kind: 'keystead-aes', provider: 'keystead', name: keyId ?? sampleId(1), keyId, keyVersionId: sampleId(5000), canOpen: true }],
    frameLength: mib, encryptionContext: { project: 'billing', stage: 'production' }, isAuthenticated: true, fileBytes: 120 * mib + 4096, plaintextBytes: 120 * mib,
  }
}

/** What the fake main says of a file (an encrypted one) and of a text (told by its first words). */
export function inspected(state: FakeState, { content, file }: Request<'inspectBlob'>): Inspection {
  const key = state.keys[0]
  const known = { keyId: key?.row.keyId ?? null, keyVersionId: key?.versions.at(-1)?.keyVersionId ?? null }
  if (file !== undefined) {
    const header = sampleHeader(state)
    return { kind: 'encrypted-file', fileName: header.fileName, sizeBytes: header.fileBytes, facts: [{ name: 'suite', value: header.suite }], ...known, canOpen: true, header }
  }
  const text = new TextDecoder().decode(content)
  const told = { fileName: null, sizeBytes: content?.length ?? 0, header: null, canOpen: null, keyId: null, keyVersionId: null }
  const keyFingerprint = { name: 'keyFingerprint', value: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' } as const
  if (text.includes('BEGIN CERTIFICATE-')) {
    const facts: Inspection['facts'] = [
      { name: 'encoding', value: 'PEM' }, { name: 'keySpec', value: 'EC_P256' }, { name: 'subject', value: 'CN=www.example.com, O=Example Ltd' }, { name: 'issuer', value: 'CN=Internal CA' },
      { name: 'serial', value: '5ebde73fd6c69b5a36879995' }, { name: 'notBefore', value: '2026-03-01T00:00:00.000Z' }, { name: 'notAfter', value: '2027-03-01T00:00:00.000Z' },
      { name: 'subjectAlternativeNames', value: 'dns:www.example.com, dns:example.com' }, keyFingerprint, { name: 'isAuthority', value: 'false' },
    ]
    return { ...told, kind: 'certificate', facts }
  }
  if (text.includes('PRIVATE KEY')) return { ...told, kind: 'encrypted-private-key', facts: [{ name: 'encoding', value: 'PEM' }] }
  if (text.includes('PUBLIC KEY')) return { ...told, ...known, kind: 'public-key', facts: [{ name: 'encoding', value: 'PEM' }, { name: 'keySpec', value: 'RSA_2048' }, keyFingerprint] }
  if (text.length < 20) return { ...told, kind: 'unknown', facts: [] }
  const facts: Inspection['facts'] = [
    { name: 'encoding', value: 'Base64' }, { name: 'algorithm', value: 'AES-256-GCM' }, { name: 'formatVersion', value: '1' }, { name: 'plaintextBytes', value: '32' },
  ]
  return { ...told, ...known, kind: 'ciphertext-blob', facts, canOpen: key !== undefined }
}
