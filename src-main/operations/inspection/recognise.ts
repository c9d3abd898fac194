import { createHash } from 'node:crypto'
import type { InspectedFact, InspectedKind } from '../../../src-shared/contract/inspection'
import { equalBytes, utf8 } from '../../crypto/bytes'
import { decodePrivateKey } from '../../crypto/key-formats/decode-private-key'
import { isKeyFormatError } from '../../crypto/key-formats/failure'
import { firstFromPem, specOfPublicKey } from '../../crypto/spki'
import { parseCertificate } from '../../crypto/x509/parse-certificate'
import { parseCsr } from '../../crypto/x509/parse-csr'
import { parseHeader } from '../../files/codec/header'
import { blobAlgorithmName, parseBlob } from '../../keystore/ciphertext-blob'
import type { EncryptedDataKey } from '../../keystore/file-keys'
import { isImportToken } from '../../keystore/import-token'

export type Facts = Partial<Record<InspectedFact, string>>

/** What bytes are, by their form alone: nothing has been verified or decrypted. */
export interface Recognised {
  kind: InspectedKind
  facts: Facts
  /** Key and version that the bytes name. */
  names?: { keyId: string; keyVersionId: string }
  /** Data keys of an encrypted file. */
  entries?: readonly EncryptedDataKey[]
  /** SPKI, for finding the key that it belongs to. */
  publicKey?: Uint8Array
}

const backupStart = utf8('KEYSTEAD BACKUP\n')
const fileVersion = 0x02
/** INTEGER 3, DER. */
const pfxVersion = Buffer.of(0x02, 0x01, 0x03)

/**
 * Tries every form in turn; `unknown` when none fits. `bytes` are borrowed. A private key comes before the certificate
 * beside it: it is what the file must be guarded for, and the readers of public parts make copies that nobody zeroes.
 */
export async function recognise(bytes: Uint8Array): Promise<Recognised> {
  return ciphertextBlob(bytes) ?? encryptedFile(bytes) ?? ownFormat(bytes) ?? (await privateKey(bytes)) ?? publicPart(bytes) ?? { kind: 'unknown', facts: {} }
}

function ciphertextBlob(bytes: Uint8Array): Recognised | null {
  const blob = parseBlob(bytes)
  if (!blob) return null
  const { keyId, keyVersionId, ciphertext } = blob
  const facts = { algorithm: blobAlgorithmName(blob.algorithm), formatVersion: '1', plaintextBytes: String(ciphertext.length) }
  return { kind: 'ciphertext-blob', facts, names: { keyId, keyVersionId } }
}

function encryptedFile(bytes: Uint8Array): Recognised | null {
  if (bytes[0] !== fileVersion) return null
  try {
    const header = parseHeader(bytes)
    return header && { kind: 'encrypted-file', facts: { suite: header.suite.name, formatVersion: '2' }, entries: header.entries }
  } catch {
    // Whatever is wrong with the header, it is none.
    return null
  }
}

function ownFormat(bytes: Uint8Array): Recognised | null {
  if (bytes.length > backupStart.length && equalBytes(bytes.subarray(0, backupStart.length), backupStart)) return { kind: 'keystead-backup', facts: {} }
  return isImportToken(bytes) ? { kind: 'import-token', facts: {} } : null
}

function publicPart(bytes: Uint8Array): Recognised | null {
  const certificate = parseCertificate(bytes)
  if (certificate) {
    const { keySpec, publicKey, signatureAlgorithm, subject, issuer, alternativeNames, isCa, fingerprint } = certificate
    const facts: Facts = {
      subject,
      issuer,
      serial: certificate.serialNumber,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
      ...keyFacts(publicKey, keySpec),
      signatureAlgorithm,
      subjectAlternativeNames: alternativeNames.join(', '),
      isAuthority: isCa ? 'true' : 'false',
      fingerprint,
    }
    return { kind: 'certificate', facts, publicKey }
  }
  const csr = parseCsr(bytes)
  if (csr) {
    const { keySpec, publicKey, signatureAlgorithm, subject, alternativeNames } = csr
    const facts = { subject, ...keyFacts(publicKey, keySpec), signatureAlgorithm, subjectAlternativeNames: alternativeNames.join(', ') }
    return { kind: 'certificate-request', facts, publicKey }
  }
  return publicKeyOf(bytes)
}

function publicKeyOf(bytes: Uint8Array): Recognised | null {
  const block = firstFromPem('PUBLIC KEY', bytes) ?? bytes
  const keySpec = specOfPublicKey(block)
  return keySpec && { kind: 'public-key', facts: keyFacts(block, keySpec), publicKey: block.slice() }
}

const kindOfFormat = { PKCS8: 'private-key', ENCRYPTED_PKCS8: 'encrypted-private-key', PKCS1: 'private-key', SEC1: 'private-key', OPENSSH: 'openssh-private-key', PKCS12: 'pkcs12', JWK: 'private-key' } as const

async function privateKey(bytes: Uint8Array): Promise<Recognised | null> {
  try {
    const { keySpec, publicKey, format, material } = await decodePrivateKey(bytes, null)
    material.destroy()
    return { kind: kindOfFormat[format], facts: keyFacts(publicKey, keySpec), publicKey }
  } catch (error) {
    if (!isKeyFormatError(error)) throw error
    return error.reason === 'passphrase-needed' ? { kind: encryptedKindOf(bytes), facts: {} } : null
  }
}

function encryptedKindOf(bytes: Uint8Array): InspectedKind {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.includes('-----BEGIN OPENSSH')) return 'openssh-private-key'
  // A PFX begins with SEQUENCE { INTEGER 3, …: the version number stands in its first ten bytes (RFC 7292 4).
  const isPfx = bytes[0] === 0x30 && view.subarray(0, 10).includes(pfxVersion)
  return isPfx || view.includes('-----BEGIN PKCS12') ? 'pkcs12' : 'encrypted-private-key'
}

function keyFacts(publicKey: Uint8Array, keySpec: string | null): Facts {
  const keyFingerprint = createHash('sha256').update(publicKey).digest('hex')
  return keySpec === null ? { keyFingerprint } : { keySpec, keyFingerprint }
}
