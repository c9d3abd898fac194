import { z } from 'zod'
import { limits } from '../model/limits'
import { automaticRotations, deletionProtections, keyOrigins, keySpecs, keyStates, keyUsages, protectionLevels } from '../model/keys'
import { duration, empty, hinted, keyReference, page, pageNumber, pageSize, tagList, text, timestamp } from './fields'

/** KeyMetadata of DescribeKey (kms-api 1.2). Times are UTC, ISO 8601 with Z, to the second. */
export const keyMetadata = z.strictObject({
  keyId: z.string(),
  arn: z.string(),
  keyState: z.enum(keyStates),
  keySpec: z.enum(keySpecs),
  keyUsage: z.enum(keyUsages),
  origin: z.enum(keyOrigins),
  protectionLevel: z.enum(protectionLevels),
  description: z.string(),
  creator: z.string(),
  creationDate: timestamp,
  deleteDate: timestamp.optional(),
  primaryKeyVersion: z.string().optional(),
  automaticRotation: z.enum(automaticRotations),
  rotationInterval: z.string().optional(),
  nextRotationDate: timestamp.optional(),
  lastRotationDate: timestamp,
  materialExpireTime: z.string(),
  deletionProtection: z.enum(deletionProtections),
  deletionProtectionDescription: z.string().optional(),
  /** The KMS instance: the vault's id, or for HSM keys that of their token, which CreateKey takes again. */
  dKMSInstanceId: z.string(),
  /** Whether the private key may leave the vault; fixed when the key is made. */
  exportable: z.boolean(),
})
export type KeyMetadata = z.infer<typeof keyMetadata>

const keyListEntry = z.strictObject({ keyId: z.string(), keyArn: z.string() })
const aliasEntry = z.strictObject({ aliasName: z.string(), aliasArn: z.string(), keyId: z.string() })

export const keyVersion = z.strictObject({ keyId: z.string(), keyVersionId: z.string(), creationDate: timestamp })
export type KeyVersion = z.infer<typeof keyVersion>

/** Names that ListKeys can filter by (kms-api 1.8). */
export const keyFilterNames = [
  'KeyState',
  'KeySpec',
  'KeyUsage',
  'ProtectionLevel',
  'CreatorType',
  'DKMSInstanceId',
  'KeyId',
  'AliasName',
  'Creator',
  'TagKey',
  'TagValue',
] as const
export type KeyFilterName = (typeof keyFilterNames)[number]

/** Policy text as the KMS takes it; checked by model/key-policy. */
const policyText = text(limits.policyBytes, 2)

/** At most 10 filters of at most 10 values: a key must fit every filter, by any of its values. JSON text or a list at the KMS faces. */
const keyFilters = hinted(
  z.array(z.strictObject({ Key: z.enum(keyFilterNames), Values: z.array(text(limits.keyReferenceChars)).min(1).max(10) })).max(10),
  { json: true },
)

const rotation = { enableAutomaticRotation: z.boolean(), rotationInterval: duration.optional() }

export const keySchemas = {
  createKey: {
    request: z.strictObject({
      keySpec: z.enum(keySpecs).default('Aliyun_AES_256'),
      keyUsage: z.enum(keyUsages).optional(),
      origin: z.enum(keyOrigins).default('Aliyun_KMS'),
      protectionLevel: z.enum(protectionLevels).default('SOFTWARE'),
      description: text(limits.descriptionChars).default(''),
      enableAutomaticRotation: rotation.enableAutomaticRotation.default(false),
      rotationInterval: rotation.rotationInterval,
      tags: tagList(limits.tagCount).default([]),
      policy: policyText.optional(),
      /** The vault's id; absent means the same. HSM keys: the id of the token on which they are made, as listTokens or the metadata of another such key has it. */
      dKMSInstanceId: text(64).optional(),
      /** Not of the KMS API: whether the private key of an asymmetric key may ever be exported. */
      exportable: z.boolean().default(false),
    }),
    response: z.strictObject({ keyMetadata }),
  },
  describeKey: {
    request: z.strictObject({ keyId: keyReference }),
    response: z.strictObject({ keyMetadata }),
  },
  listKeys: {
    request: z.strictObject({ pageNumber, pageSize: pageSize(100), filters: keyFilters.default([]) }),
    response: z.strictObject({ ...page, keys: hinted(z.array(keyListEntry), { item: 'key' }) }),
  },
  updateKeyDescription: {
    request: z.strictObject({ keyId: keyReference, description: text(limits.descriptionChars) }),
    response: empty,
  },
  enableKey: { request: z.strictObject({ keyId: keyReference }), response: empty },
  disableKey: { request: z.strictObject({ keyId: keyReference }), response: empty },
  scheduleKeyDeletion: {
    request: z.strictObject({
      keyId: keyReference,
      pendingWindowInDays: z.int().min(limits.deletionMinDays).max(limits.deletionMaxDays),
    }),
    response: empty,
  },
  cancelKeyDeletion: { request: z.strictObject({ keyId: keyReference }), response: empty },
  setDeletionProtection: {
    request: z.strictObject({
      keyId: keyReference.optional(),
      /** ARN of the key, in place of keyId. */
      protectedResourceArn: keyReference.optional(),
      enableDeletionProtection: z.boolean(),
      deletionProtectionDescription: text(limits.descriptionChars).optional(),
    }),
    response: empty,
  },

  createAlias: {
    request: z.strictObject({ aliasName: text(limits.keyReferenceChars), keyId: keyReference }),
    response: empty,
  },
  /** Moves an alias to another key. */
  updateAlias: {
    request: z.strictObject({ aliasName: text(limits.keyReferenceChars), keyId: keyReference }),
    response: empty,
  },
  deleteAlias: { request: z.strictObject({ aliasName: text(limits.keyReferenceChars) }), response: empty },
  listAliases: {
    request: z.strictObject({ pageNumber, pageSize: pageSize(100, 0) }),
    response: z.strictObject({ ...page, aliases: hinted(z.array(aliasEntry), { item: 'alias' }) }),
  },
  listAliasesByKeyId: {
    request: z.strictObject({ keyId: keyReference, pageNumber, pageSize: pageSize(101, 0) }),
    response: z.strictObject({ ...page, aliases: hinted(z.array(aliasEntry), { item: 'alias' }) }),
  },

  updateRotationPolicy: { request: z.strictObject({ keyId: keyReference, ...rotation }), response: empty },
  /** Not of the KMS API: rotates a symmetric key now, whatever its policy says. */
  rotateKey: { request: z.strictObject({ keyId: keyReference }), response: z.strictObject({ keyVersion }) },
  /** A new version of an asymmetric key. */
  createKeyVersion: { request: z.strictObject({ keyId: keyReference }), response: z.strictObject({ keyVersion }) },
  describeKeyVersion: {
    request: z.strictObject({ keyId: keyReference, keyVersionId: text(128, 1) }),
    response: z.strictObject({ keyVersion }),
  },
  listKeyVersions: {
    request: z.strictObject({ keyId: keyReference, pageNumber, pageSize: pageSize(101, 0) }),
    response: z.strictObject({ ...page, keyVersions: hinted(z.array(keyVersion), { item: 'keyVersion' }) }),
  },
  /**
   * Not of the KMS API: versions older than this one no longer decrypt. Absent: all do again. Nothing is destroyed.
   */
  setMinimumDecryptionVersion: {
    request: z.strictObject({ keyId: keyReference, keyVersionId: text(128, 1).optional() }),
    response: empty,
  },

  setKeyPolicy: {
    request: z.strictObject({ keyId: keyReference, policyName: z.literal('default').default('default'), policy: policyText }),
    response: empty,
  },
  getKeyPolicy: {
    request: z.strictObject({ keyId: keyReference, policyName: z.literal('default').default('default') }),
    response: z.strictObject({ policy: z.string() }),
  },
}
