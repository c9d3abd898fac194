import type { secretFilterNames } from '../../src-shared/contract/secrets'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import { defaultKeyPolicy } from '../../src-shared/model/key-policy'
import { isDeprecated } from '../../src-shared/model/secret-stages'
import { isoSeconds } from '../keystore/key-metadata'
import { pageOf } from '../keystore/pages'
import { secretArn } from './arn'
import { configAnswerOf, deletionAnswerOf, rotationAnswerOf, tagAnswerOf } from './secret-answers'
import { fold } from './secret-query'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'

type FilterName = (typeof secretFilterNames)[number]

/** DescribeSecret: also of one in the recycle bin. SECRET_NOT_FOUND. */
export function describeSecret(session: SecretSession, _caller: Caller, { secretName, fetchTags }: Request<'describeSecret'>): Response<'describeSecret'> {
  const { record } = session.resolve(secretName)
  return {
    arn: secretArn(session.vaultId, record.name),
    secretName: record.name,
    description: record.description,
    encryptionKeyId: record.keyId,
    secretType: record.secretType,
    createTime: isoSeconds(record.createdAt),
    updateTime: isoSeconds(record.updatedAt),
    dKMSInstanceId: session.vaultId,
    creator: record.creator,
    ...configAnswerOf(record),
    ...deletionAnswerOf(record),
    ...(fetchTags ? { tags: record.tags.map(tagAnswerOf) } : {}),
    ...rotationAnswerOf(record),
  }
}

/** ListSecrets: oldest first, those that fit every filter, also from the recycle bin; a page past the end is empty. */
export function listSecrets(session: SecretSession, _caller: Caller, request: Request<'listSecrets'>): Response<'listSecrets'> {
  const { filters, fetchTags, pageNumber, pageSize } = request
  const all = session.index.inOrderOfCreation()
  const found = filters.length === 0 ? all : all.filter((entry) => fitsAll(entry.glance(), session.vaultId, filters))
  const secretList = pageOf(found, pageNumber, pageSize).map(({ record }) => ({
    secretName: record.name,
    secretType: record.secretType,
    createTime: isoSeconds(record.createdAt),
    updateTime: isoSeconds(record.updatedAt),
    dKMSInstanceId: session.vaultId,
    ...deletionAnswerOf(record),
    ...(fetchTags ? { tags: record.tags.map(tagAnswerOf) } : {}),
  }))
  return { totalCount: found.length, pageNumber, pageSize, secretList }
}

/** ListSecretVersionIds: oldest first; those without a stage only when asked for. SECRET_NOT_FOUND. */
export function listSecretVersionIds(session: SecretSession, _caller: Caller, request: Request<'listSecretVersionIds'>): Response<'listSecretVersionIds'> {
  const { includeDeprecated, pageNumber, pageSize } = request
  const { record } = session.resolve(request.secretName)
  const found = record.versions.filter((version) => includeDeprecated || !isDeprecated(version))
  const versionIds = pageOf(found, pageNumber, pageSize).map(({ versionId, createdAt, stages }) => ({ versionId, createTime: isoSeconds(createdAt), versionStages: [...stages] }))
  return { secretName: record.name, totalCount: found.length, pageNumber, pageSize, versionIds }
}

/** GetSecretPolicy: the default one when none was set. SECRET_NOT_FOUND. */
export function getSecretPolicy(session: SecretSession, _caller: Caller, { secretName }: Request<'getSecretPolicy'>): Response<'getSecretPolicy'> {
  return { policy: session.resolve(secretName).record.policy ?? defaultKeyPolicy(session.vaultId) }
}

function fitsAll(record: SecretRecord, vaultId: string, filters: Request<'listSecrets'>['filters']): boolean {
  return filters.every((filter) => fits(record, vaultId, filter))
}

/** Name and description by a part of them, whatever its case; all else whole. */
function fits(record: SecretRecord, vaultId: string, { Key, Values }: Request<'listSecrets'>['filters'][number]): boolean {
  const has = filterValues[Key](record, vaultId)
  if (Key !== 'SecretName' && Key !== 'Description') return has.some((value) => Values.includes(value))
  const texts = has.map(fold)
  return Values.some((value) => texts.some((text) => text.includes(fold(value))))
}

/** What a secret has under each name that ListSecrets filters by; the vault is the KMS instance. */
const filterValues: Readonly<Record<FilterName, (record: SecretRecord, vaultId: string) => readonly string[]>> = {
  SecretName: ({ name }) => [name],
  Description: ({ description }) => [description],
  TagKey: ({ tags }) => tags.map(({ key }) => key),
  TagValue: ({ tags }) => tags.map(({ value }) => value),
  DKMSInstanceId: (_record, vaultId) => [vaultId],
  SecretType: ({ secretType }) => [secretType],
  Creator: ({ creator }) => [creator],
}
