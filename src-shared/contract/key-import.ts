import { z } from 'zod'
import { importWrappingAlgorithms, keyUsages, wrappingKeySpecs } from '../model/keys'
import { limits } from '../model/limits'
import { bytes, empty, keyReference, passphrase, pathHandle, text, timestamp } from './fields'
import { keyMetadata } from './keys'

const wrapped = {
  keyId: keyReference,
  encryptedKeyMaterial: bytes(1, limits.wrappedMaterialBytes),
  importToken: bytes(1, 4096),
}

export const keyImportSchemas = {
  getParametersForImport: {
    request: z.strictObject({
      keyId: keyReference,
      wrappingAlgorithm: z.enum(importWrappingAlgorithms),
      wrappingKeySpec: z.enum(wrappingKeySpecs),
    }),
    /** `publicKey` is SPKI DER. Both live for 24 hours and belong to this key alone. */
    response: z.strictObject({ keyId: z.string(), importToken: bytes(1, 4096), publicKey: bytes(1, 1024), tokenExpireTime: timestamp }),
  },
  importKeyMaterial: {
    /** Seconds since the epoch; 0 or absent: the material never expires. */
    request: z.strictObject({ ...wrapped, keyMaterialExpireUnix: z.int().min(0).optional() }),
    response: empty,
  },
  deleteKeyMaterial: { request: z.strictObject({ keyId: keyReference }), response: empty },
  /** Not of the KMS API: checks an import as it would be done, and changes nothing. */
  rehearseImport: {
    request: z.strictObject(wrapped),
    response: z.strictObject({
      materialBytes: z.int(),
      /** Hexadecimal, 6 digits: the first 3 bytes of a zero block encrypted with the material. */
      keyCheckValue: z.string(),
      /** Whether an earlier import fixed the material of this key. */
      isReImport: z.boolean(),
    }),
  },
  /** Not of the KMS API: an existing private key becomes a key of the matching spec, origin EXTERNAL. */
  importPrivateKey: {
    request: z.strictObject({
      /** Exactly one of the two. */
      file: pathHandle('source').optional(),
      content: bytes(1, limits.keyFileBytes).optional(),
      passphrase: passphrase.optional(),
      keyUsage: z.enum(keyUsages).optional(),
      description: text(limits.descriptionChars).default(''),
      exportable: z.boolean().default(false),
    }),
    response: z.strictObject({ keyMetadata, certificateIds: z.array(z.string()) }),
  },
  /** Not of the KMS API: writes an exportable private key as encrypted PKCS#8 (PEM), mode 0600. */
  exportPrivateKey: {
    request: z.strictObject({
      keyId: keyReference,
      keyVersionId: text(128, 1),
      passphrase,
      target: pathHandle('target'),
    }),
    response: empty,
  },
}
