import { z } from 'zod'
import { encryptionAlgorithms, keySpecs, signatureAlgorithms } from '../model/keys'
import { limits } from '../model/limits'
import { bytes, empty, hinted, keyReference, page, pageNumber, pageSize, passphrase, pathHandle, text, timestamp } from './fields'

export const certificateStatuses = ['PENDING', 'ACTIVE', 'INACTIVE', 'REVOKED'] as const
export type CertificateStatus = (typeof certificateStatuses)[number]

const certificateId = text(64, 1)
const pem = text(limits.certificateBytes, 1)
const subject = text(1024, 1)
/** `dns:`, `ip:`, `email:` or `uri:` and a value; without prefix a DNS name. JSON text or a list at the KMS faces. */
const subjectAlternativeNames = hinted(z.array(text(255, 1)).max(limits.certificateSans), { json: true }).default([])
/** An existing key that makes the request; absent: a new key of `keySpec`. */
const existing = { keyId: keyReference.optional(), keyVersionId: text(128, 1).optional() }

export const certificateMetadata = z.strictObject({
  certificateId: z.string(),
  arn: z.string(),
  /** PENDING until a certificate is there. */
  status: z.enum(certificateStatuses),
  keyId: z.string(),
  keyVersionId: z.string(),
  keySpec: z.enum(keySpecs),
  exportablePrivateKey: z.boolean(),
  subject: z.string(),
  subjectAlternativeNames: z.array(z.string()),
  issuer: z.string().nullable(),
  /** Hexadecimal. */
  serial: z.string().nullable(),
  /** SHA-256 of the DER, hexadecimal. */
  fingerprint: z.string().nullable(),
  notBefore: timestamp.nullable(),
  notAfter: timestamp.nullable(),
  isSelfSigned: z.boolean(),
  createdAt: timestamp,
  updatedAt: timestamp,
  tags: z.array(z.strictObject({ key: z.string(), value: z.string() })),
})
export type CertificateMetadata = z.infer<typeof certificateMetadata>

const signature = { certificateId, algorithm: z.enum(signatureAlgorithms), message: bytes(1, limits.signedMessageBytes), messageType: z.enum(['RAW', 'DIGEST']).default('RAW') }

export const certificateSchemas = {
  /** A key pair and its certificate signing request (PEM). */
  createCertificate: {
    request: z.strictObject({
      keySpec: z.enum(['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_P256', 'EC_P256K', 'EC_P384', 'EC_SM2', 'Ed25519']).default('RSA_2048'),
      ...existing,
      subject,
      subjectAlternativeNames,
      exportablePrivateKey: z.boolean().default(true),
    }),
    response: z.strictObject({ certificateId: z.string(), arn: z.string(), csr: z.string() }),
  },
  /** Not of the KMS API. Valid from now on; 825 days at most is what clients accept of servers. */
  createSelfSignedCertificate: {
    request: z.strictObject({
      keySpec: z.enum(['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_P256', 'EC_P256K', 'EC_P384', 'EC_SM2', 'Ed25519']).default('EC_P256'),
      ...existing,
      subject,
      subjectAlternativeNames,
      validityDays: z.int().min(1).max(36_500).default(365),
      exportablePrivateKey: z.boolean().default(true),
    }),
    response: z.strictObject({ certificateId: z.string(), arn: z.string(), certificate: z.string() }),
  },
  /** The certificate that a CA has issued for the request; its chain in order. */
  uploadCertificate: { request: z.strictObject({ certificateId, certificate: pem, certificateChain: pem.optional() }), response: empty },
  getCertificate: {
    request: z.strictObject({ certificateId }),
    /** PEM texts; what is not there yet is absent. */
    response: z.strictObject({
      certificateId: z.string(),
      csr: z.string().optional(),
      certificate: z.string().optional(),
      certificateChain: z.string().optional(),
    }),
  },
  describeCertificate: { request: z.strictObject({ certificateId }), response: certificateMetadata },
  /** Not of the KMS API. Newest first. */
  listCertificates: {
    request: z.strictObject({ keyId: keyReference.optional(), pageNumber, pageSize: pageSize(100) }),
    response: z.strictObject({ ...page, certificates: z.array(certificateMetadata) }),
  },
  /** Forgets the certificate and its request; the key stays. */
  deleteCertificate: { request: z.strictObject({ certificateId }), response: empty },
  /** DISABLE is the other name that the texts have for INACTIVE. */
  updateCertificateStatus: { request: z.strictObject({ certificateId, status: z.enum(['ACTIVE', 'INACTIVE', 'DISABLE', 'REVOKED']) }), response: empty },
  certificatePrivateKeySign: {
    request: z.strictObject(signature),
    response: z.strictObject({ certificateId: z.string(), signatureValue: bytes(1, limits.signatureBytes) }),
  },
  certificatePublicKeyVerify: {
    request: z.strictObject({ ...signature, signatureValue: bytes(1, limits.signatureBytes) }),
    response: z.strictObject({ certificateId: z.string(), signatureValid: z.boolean() }),
  },
  certificatePublicKeyEncrypt: {
    request: z.strictObject({ certificateId, algorithm: z.enum(encryptionAlgorithms), plaintext: bytes(1, limits.asymmetricPlaintextBytes) }),
    response: z.strictObject({ certificateId: z.string(), ciphertextBlob: bytes(1, limits.asymmetricCiphertextBytes) }),
  },
  certificatePrivateKeyDecrypt: {
    request: z.strictObject({ certificateId, algorithm: z.enum(encryptionAlgorithms), ciphertextBlob: bytes(1, limits.asymmetricCiphertextBytes) }),
    response: z.strictObject({ certificateId: z.string(), plaintext: bytes(0, limits.asymmetricPlaintextBytes) }),
  },
  /** Not of the KMS API: writes certificate, chain and private key as PKCS#12, mode 0600. */
  exportCertificate: { request: z.strictObject({ certificateId, passphrase, target: pathHandle('target') }), response: empty },
}
