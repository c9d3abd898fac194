import { z } from 'zod'
import { encryptionAlgorithms, macAlgorithms, signatureAlgorithms, wrappingKeySpecs } from '../model/keys'
import { limits } from '../model/limits'
import { bytes, dryRun, encryptionContext, keyAndVersion, keyReference, text } from './fields'
import { errorCodes, type ErrorCode } from '../errors'

const context = encryptionContext.optional()
const blob = bytes(1, limits.ciphertextBlobBytes)
const version = { keyId: keyReference, keyVersionId: text(128, 1) }
const dataKeySize = {
  keySpec: z.enum(['AES_256', 'AES_128']).optional(),
  numberOfBytes: z.int().min(1).max(limits.dataKeyBytes).optional(),
}
/** The public key of another machine: SPKI, DER or PEM bytes. */
const wrapping = {
  publicKeyBlob: bytes(1, 8192),
  wrappingKeySpec: z.enum(wrappingKeySpecs),
  wrappingAlgorithm: z.enum(encryptionAlgorithms),
}
const signing = { ...version, algorithm: z.enum(signatureAlgorithms), digest: bytes(1, limits.signedMessageBytes) }
const allCodes = Object.values(errorCodes).flat() as [ErrorCode, ...ErrorCode[]]
/** An item of a batch that was refused. */
const refused = { code: z.enum(allCodes).optional(), message: z.string().optional() }

export const cryptographySchemas = {
  encrypt: {
    request: z.strictObject({ keyId: keyReference, plaintext: bytes(1, limits.plaintextBytes), encryptionContext: context, dryRun }),
    response: z.strictObject({ ...keyAndVersion, ciphertextBlob: blob }),
  },
  decrypt: {
    request: z.strictObject({ ciphertextBlob: blob, encryptionContext: context, dryRun }),
    response: z.strictObject({ ...keyAndVersion, plaintext: bytes(0, limits.plaintextBytes) }),
  },
  /** Not of the KMS API: each item is answered by its own result or refusal, in the same order. */
  encryptBatch: {
    request: z.strictObject({
      keyId: keyReference,
      items: z.array(z.strictObject({ plaintext: bytes(1, limits.plaintextBytes), encryptionContext: context })).min(1).max(limits.batchItems),
    }),
    response: z.strictObject({
      keyId: z.string(),
      items: z.array(z.strictObject({ keyVersionId: z.string().optional(), ciphertextBlob: blob.optional(), ...refused })),
    }),
  },
  decryptBatch: {
    request: z.strictObject({
      items: z.array(z.strictObject({ ciphertextBlob: blob, encryptionContext: context })).min(1).max(limits.batchItems),
    }),
    response: z.strictObject({
      items: z.array(
        z.strictObject({
          keyId: z.string().optional(),
          keyVersionId: z.string().optional(),
          plaintext: bytes(0, limits.plaintextBytes).optional(),
          ...refused,
        }),
      ),
    }),
  },
  reEncrypt: {
    request: z.strictObject({
      /** A ciphertext blob, or with the three source fields the output of AsymmetricEncrypt. */
      ciphertextBlob: blob,
      sourceEncryptionContext: context,
      sourceKeyId: keyReference.optional(),
      sourceKeyVersionId: text(128, 1).optional(),
      sourceEncryptionAlgorithm: z.enum(encryptionAlgorithms).optional(),
      destinationKeyId: keyReference,
      destinationEncryptionContext: context,
      dryRun,
    }),
    response: z.strictObject({ ...keyAndVersion, ciphertextBlob: blob }),
  },
  generateDataKey: {
    request: z.strictObject({ keyId: keyReference, ...dataKeySize, encryptionContext: context, dryRun }),
    response: z.strictObject({ ...keyAndVersion, plaintext: bytes(1, limits.dataKeyBytes), ciphertextBlob: blob }),
  },
  generateDataKeyWithoutPlaintext: {
    request: z.strictObject({ keyId: keyReference, ...dataKeySize, encryptionContext: context, dryRun }),
    response: z.strictObject({ ...keyAndVersion, ciphertextBlob: blob }),
  },
  exportDataKey: {
    request: z.strictObject({ ciphertextBlob: blob, encryptionContext: context, ...wrapping, dryRun }),
    response: z.strictObject({ ...keyAndVersion, exportedDataKey: bytes(1, limits.asymmetricCiphertextBytes) }),
  },
  generateAndExportDataKey: {
    request: z.strictObject({ keyId: keyReference, ...dataKeySize, encryptionContext: context, ...wrapping, dryRun }),
    response: z.strictObject({ ...keyAndVersion, ciphertextBlob: blob, exportedDataKey: bytes(1, limits.asymmetricCiphertextBytes) }),
  },
  asymmetricEncrypt: {
    request: z.strictObject({
      ...version,
      algorithm: z.enum(encryptionAlgorithms),
      plaintext: bytes(1, limits.asymmetricPlaintextBytes),
      dryRun,
    }),
    response: z.strictObject({ ...keyAndVersion, ciphertextBlob: bytes(1, limits.asymmetricCiphertextBytes) }),
  },
  asymmetricDecrypt: {
    request: z.strictObject({
      ...version,
      algorithm: z.enum(encryptionAlgorithms),
      ciphertextBlob: bytes(1, limits.asymmetricCiphertextBytes),
      dryRun,
    }),
    response: z.strictObject({ ...keyAndVersion, plaintext: bytes(0, limits.asymmetricPlaintextBytes) }),
  },
  asymmetricSign: {
    request: z.strictObject({ ...signing, dryRun }),
    response: z.strictObject({ ...keyAndVersion, value: bytes(1, limits.signatureBytes) }),
  },
  asymmetricVerify: {
    request: z.strictObject({ ...signing, value: bytes(1, limits.signatureBytes), dryRun }),
    response: z.strictObject({ ...keyAndVersion, value: z.boolean() }),
  },
  getPublicKey: {
    request: z.strictObject({ ...version, dryRun }),
    /** PEM of the SubjectPublicKeyInfo. */
    response: z.strictObject({ ...keyAndVersion, publicKey: z.string() }),
  },
  generateMac: {
    request: z.strictObject({ keyId: keyReference, algorithm: z.enum(macAlgorithms), message: bytes(1, limits.macMessageBytes), dryRun }),
    response: z.strictObject({ ...keyAndVersion, mac: bytes(1, 64) }),
  },
  verifyMac: {
    request: z.strictObject({
      keyId: keyReference,
      algorithm: z.enum(macAlgorithms),
      message: bytes(1, limits.macMessageBytes),
      mac: bytes(1, 64),
      dryRun,
    }),
    response: z.strictObject({ ...keyAndVersion, value: z.boolean() }),
  },
  getRandomPassword: {
    request: z.strictObject({
      passwordLength: z.int().min(8).max(128).default(32),
      excludeCharacters: text(256).default(''),
      excludeLowercase: z.boolean().default(false),
      excludeUppercase: z.boolean().default(false),
      excludeNumbers: z.boolean().default(false),
      excludePunctuation: z.boolean().default(false),
      requireEachIncludedType: z.boolean().default(true),
    }),
    response: z.strictObject({ randomPassword: z.string() }),
  },
}
