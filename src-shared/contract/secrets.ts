import { z } from 'zod'
import { limits } from '../model/limits'
import { secretAutomaticRotations, secretDataTypes, secretLimits, secretTypes } from '../model/secrets'
import { bytes, duration, empty, hinted, keyReference, page, pageNumber, pageSize, tagEntry, tagList, text, timestamp } from './fields'

/** Name or ARN of a secret; the grammar of names is the secret manager's business, which says what is wrong. */
export const secretName = text(limits.keyReferenceChars, 1)
export const versionId = text(256, 1)
const stage = text(256, 1)
/** Value of a secret. At the KMS faces: the text itself, or Base64 when SecretDataType is binary. */
const secretData = hinted(bytes(0, 64 * 1024), { binary: { min: 0, max: 64 * 1024 }, textUnlessBinary: 'secretDataType' })
const secretDataType = z.enum(secretDataTypes)
/** JSON text or an object at the KMS faces; checked by the secret manager. */
const extendedConfig = hinted(text(4096, 2), { jsonText: true })
const policyText = hinted(text(limits.policyBytes, 2), { jsonText: true })
const versionStages = hinted(z.array(stage).max(secretLimits.stages + 2), { json: true, item: 'versionStage' })

export const secretFilterNames = ['SecretName', 'Description', 'TagKey', 'TagValue', 'DKMSInstanceId', 'SecretType', 'Creator'] as const
const secretFilters = hinted(
  z.array(z.strictObject({ Key: z.enum(secretFilterNames), Values: z.array(text(limits.keyReferenceChars)).min(1).max(10) })).max(10),
  { json: true },
)

const rotationFields = {
  automaticRotation: z.enum(secretAutomaticRotations).optional(),
  rotationInterval: z.string().optional(),
  nextRotationDate: timestamp.optional(),
  lastRotationDate: timestamp.optional(),
}

const valueResponse = {
  secretName: z.string(),
  secretType: z.enum(secretTypes),
  secretData,
  secretDataType,
  versionId: z.string(),
  versionStages: hinted(z.array(z.string()), { item: 'versionStage' }),
  createTime: timestamp,
  extendedConfig: z.string().optional(),
  ...rotationFields,
}

export const secretSchemas = {
  createSecret: {
    request: z.strictObject({
      secretName,
      secretData,
      versionId,
      secretType: z.enum(secretTypes).default('Generic'),
      secretDataType: secretDataType.default('text'),
      /** A symmetric key; absent: the default key of secrets, made when it is first needed. */
      encryptionKeyId: keyReference.optional(),
      description: text(limits.descriptionChars).default(''),
      tags: tagList(limits.tagCount).default([]),
      extendedConfig: extendedConfig.optional(),
      enableAutomaticRotation: z.boolean().default(false),
      rotationInterval: duration.optional(),
      policy: policyText.optional(),
      dKMSInstanceId: text(64).optional(),
    }),
    response: z.strictObject({
      arn: z.string(),
      secretName: z.string(),
      versionId: z.string(),
      secretType: z.enum(secretTypes),
      extendedConfig: z.string().optional(),
      dKMSInstanceId: z.string(),
      ...rotationFields,
    }),
  },
  getSecretValue: {
    request: z.strictObject({ secretName, versionStage: stage.optional(), versionId: versionId.optional(), fetchExtendedConfig: z.boolean().default(false), dryRun: z.boolean().optional() }),
    response: z.strictObject(valueResponse),
  },
  /** Partial success: what cannot be read is in `errors`. */
  batchGetSecretValue: {
    request: z.strictObject({
      secretsList: hinted(
        z.array(z.strictObject({ SecretName: text(limits.keyReferenceChars, 1), VersionId: text(256).optional(), VersionStage: text(256).optional() })).min(1).max(secretLimits.batchGet),
        { json: true },
      ),
    }),
    response: z.strictObject({
      secretValues: hinted(z.array(z.strictObject(valueResponse)), { item: 'secretValue' }),
      errors: hinted(z.array(z.strictObject({ secretName: z.string(), code: z.string(), httpStatus: z.string(), message: z.string() })), { item: 'error' }),
    }),
  },
  putSecretValue: {
    request: z.strictObject({ secretName, versionId, secretData, secretDataType: secretDataType.default('text'), versionStages: versionStages.optional() }),
    response: z.strictObject({ secretName: z.string(), versionId: z.string(), versionStages: hinted(z.array(z.string()), { item: 'versionStage' }) }),
  },
  updateSecret: {
    request: z.strictObject({
      secretName,
      description: text(limits.descriptionChars).optional(),
      /** `{"CustomData": {...}}` of managed secrets. */
      extendedConfig: extendedConfig.optional(),
    }),
    response: z.strictObject({ secretName: z.string() }),
  },
  updateSecretVersionStage: {
    request: z.strictObject({ secretName, versionStage: stage, removeFromVersion: versionId.optional(), moveToVersion: versionId.optional() }),
    response: z.strictObject({ secretName: z.string() }),
  },
  listSecretVersionIds: {
    request: z.strictObject({ secretName, includeDeprecated: z.boolean().default(false), pageNumber, pageSize: pageSize(100, 1, 20) }),
    response: z.strictObject({
      secretName: z.string(),
      ...page,
      versionIds: hinted(
        z.array(z.strictObject({ versionId: z.string(), createTime: timestamp, versionStages: hinted(z.array(z.string()), { item: 'versionStage' }) })),
        { item: 'versionId' },
      ),
    }),
  },
  listSecrets: {
    request: z.strictObject({ filters: secretFilters.default([]), fetchTags: z.boolean().default(false), pageNumber, pageSize: pageSize(100) }),
    response: z.strictObject({
      ...page,
      secretList: hinted(
        z.array(
          z.strictObject({
            secretName: z.string(),
            secretType: z.enum(secretTypes),
            createTime: timestamp,
            updateTime: timestamp,
            plannedDeleteTime: timestamp.optional(),
            dKMSInstanceId: z.string(),
            tags: hinted(z.array(tagEntry), { item: 'tag' }).optional(),
          }),
        ),
        { item: 'secret' },
      ),
    }),
  },
  describeSecret: {
    request: z.strictObject({ secretName, fetchTags: z.boolean().default(false) }),
    response: z.strictObject({
      arn: z.string(),
      secretName: z.string(),
      description: z.string(),
      /** Key id of the master key under which new values are encrypted. */
      encryptionKeyId: z.string(),
      secretType: z.enum(secretTypes),
      extendedConfig: z.string().optional(),
      createTime: timestamp,
      updateTime: timestamp,
      plannedDeleteTime: timestamp.optional(),
      dKMSInstanceId: z.string(),
      creator: z.string(),
      tags: hinted(z.array(tagEntry), { item: 'tag' }).optional(),
      ...rotationFields,
    }),
  },
  deleteSecret: {
    request: z.strictObject({
      secretName,
      recoveryWindowInDays: z.int().min(secretLimits.recoveryMinDays).max(secretLimits.recoveryMaxDays).default(30),
      forceDeleteWithoutRecovery: z.boolean().default(false),
    }),
    response: z.strictObject({ secretName: z.string(), plannedDeleteTime: timestamp }),
  },
  restoreSecret: { request: z.strictObject({ secretName }), response: z.strictObject({ secretName: z.string() }) },
  updateSecretRotationPolicy: {
    request: z.strictObject({ secretName, enableAutomaticRotation: z.boolean(), rotationInterval: duration.optional() }),
    response: z.strictObject({ secretName: z.string() }),
  },
  /** Rotates now; `versionId` makes a repeated call harmless. Answers when the rotation has ended. */
  rotateSecret: {
    request: z.strictObject({ secretName, versionId }),
    response: z.strictObject({ arn: z.string(), secretName: z.string(), versionId: z.string() }),
  },
  setSecretPolicy: { request: z.strictObject({ secretName, policyName: z.literal('default').default('default'), policy: policyText }), response: empty },
  getSecretPolicy: {
    request: z.strictObject({ secretName, policyName: z.literal('default').default('default') }),
    response: z.strictObject({ policy: z.string() }),
  },
}
