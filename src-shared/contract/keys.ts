import { z } from 'zod'
import { limits } from '../model/limits'
import { automaticRotations, keyOrigins, keySpecs, keyStates, keyUsages, protectionLevels } from '../model/keys'
import {
  bytes,
  empty,
  encryptionContext,
  hinted,
  keyReference,
  pageNumber,
  pageSize,
  text,
  timestamp,
  windowCount,
  windowOffset,
} from './fields'

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
  deletionProtection: z.enum(['Enabled', 'Disabled']),
})
export type KeyMetadata = z.infer<typeof keyMetadata>

const keyListEntry = z.strictObject({ keyId: z.string(), keyArn: z.string() })
const aliasEntry = z.strictObject({ aliasName: z.string(), aliasArn: z.string(), keyId: z.string() })
const page = { totalCount: z.int(), pageNumber: z.int(), pageSize: z.int() }
const keyAndVersion = { keyId: z.string(), keyVersionId: z.string() }

/** One row of the window's key list. */
export const keyRow = z.strictObject({
  keyId: z.string(),
  /** Without the `alias/` prefix, sorted; empty for a key without alias. */
  aliases: z.array(z.string()),
  description: z.string(),
  keySpec: z.enum(keySpecs),
  keyUsage: z.enum(keyUsages),
  keyState: z.enum(keyStates),
  protectionLevel: z.enum(protectionLevels),
  creationDate: timestamp,
  lastUseDate: timestamp.nullable(),
})
export type KeyRow = z.infer<typeof keyRow>

export const keySortColumns = ['alias', 'keySpec', 'keyState', 'creationDate', 'lastUseDate'] as const
export type KeySortColumn = (typeof keySortColumns)[number]

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

/** At most 10 filters of at most 10 values: a key must fit every filter, by any of its values. JSON text or a list at the KMS faces. */
const keyFilters = hinted(
  z.array(z.strictObject({ Key: z.enum(keyFilterNames), Values: z.array(text(limits.keyReferenceChars)).min(1).max(10) })).max(10),
  { json: true },
)

export const keySchemas = {
  createKey: {
    request: z.strictObject({
      keySpec: z.enum(keySpecs).default('Aliyun_AES_256'),
      keyUsage: z.enum(keyUsages).optional(),
      origin: z.enum(keyOrigins).default('Aliyun_KMS'),
      protectionLevel: z.enum(protectionLevels).default('SOFTWARE'),
      description: text(limits.descriptionChars).default(''),
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
  createAlias: {
    request: z.strictObject({ aliasName: text(limits.keyReferenceChars), keyId: keyReference }),
    response: empty,
  },
  listAliases: {
    request: z.strictObject({ pageNumber, pageSize: pageSize(100, 0) }),
    response: z.strictObject({ ...page, aliases: hinted(z.array(aliasEntry), { item: 'alias' }) }),
  },
  encrypt: {
    request: z.strictObject({
      keyId: keyReference,
      plaintext: bytes(1, limits.plaintextBytes),
      encryptionContext: encryptionContext.optional(),
    }),
    response: z.strictObject({ ...keyAndVersion, ciphertextBlob: bytes(1, limits.ciphertextBlobBytes) }),
  },
  decrypt: {
    request: z.strictObject({
      ciphertextBlob: bytes(1, limits.ciphertextBlobBytes),
      encryptionContext: encryptionContext.optional(),
    }),
    response: z.strictObject({ ...keyAndVersion, plaintext: bytes(0, limits.plaintextBytes) }),
  },
  generateDataKey: {
    request: z.strictObject({
      keyId: keyReference,
      keySpec: z.enum(['AES_256', 'AES_128']).optional(),
      numberOfBytes: z.int().min(1).max(limits.dataKeyBytes).optional(),
      encryptionContext: encryptionContext.optional(),
    }),
    response: z.strictObject({
      ...keyAndVersion,
      plaintext: bytes(1, limits.dataKeyBytes),
      ciphertextBlob: bytes(1, limits.ciphertextBlobBytes),
    }),
  },
  searchKeys: {
    request: z.strictObject({
      offset: windowOffset,
      count: windowCount,
      search: text(256).default(''),
      sortBy: z.enum(keySortColumns).default('creationDate'),
      descending: z.boolean().default(true),
    }),
    response: z.strictObject({ total: z.int(), rows: z.array(keyRow) }),
  },
}
