import type { KeyFilterName } from '../../src-shared/contract/keys'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import { keyArn } from './arn'
import { instanceOf, keyMetadataOf, keyRowOf } from './key-metadata'
import type { KeyRecord } from './key-record'
import { effectiveState, type KeySession } from './key-session'
import { pageOf } from './pages'

/** DescribeKey. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
function describeKey(session: KeySession, _caller: Caller, request: Request<'describeKey'>): Response<'describeKey'> {
  const { record } = session.resolve(request.keyId)
  return { keyMetadata: keyMetadataOf(session.records.vaultId, record, effectiveState(record, session.nowMs())) }
}

/** ListKeys: oldest first, those that fit every filter; a page past the end is empty. */
function listKeys({ index, records }: KeySession, _caller: Caller, { pageNumber, pageSize, filters }: Request<'listKeys'>): Response<'listKeys'> {
  const all = index.inOrderOfCreation()
  const found = filters.length === 0 ? all : all.filter(({ record }) => filters.every((filter) => fits(record, records.vaultId, filter)))
  const keys = pageOf(found, pageNumber, pageSize).map(({ keyId }) => ({ keyId, keyArn: keyArn(records.vaultId, keyId) }))
  return { totalCount: found.length, pageNumber, pageSize, keys }
}

function fits(record: KeyRecord, vaultId: string, { Key, Values }: Request<'listKeys'>['filters'][number]): boolean {
  return filterValues[Key](record, vaultId).some((value) => Values.includes(value))
}

/** What a key has under each name that ListKeys filters by; a KMS instance is the vault or a token. */
const filterValues: Readonly<Record<KeyFilterName, (record: KeyRecord, vaultId: string) => readonly string[]>> = {
  KeyState: ({ keyState }) => [keyState],
  KeySpec: ({ keySpec }) => [keySpec],
  KeyUsage: ({ keyUsage }) => [keyUsage],
  ProtectionLevel: ({ protectionLevel }) => [protectionLevel],
  CreatorType: () => ['User'],
  DKMSInstanceId: (record, vaultId) => [instanceOf(record, vaultId)],
  KeyId: ({ keyId }) => [keyId],
  AliasName: ({ aliases }) => aliases,
  Creator: ({ creator }) => [creator],
  TagKey: ({ tags }) => tags.map(({ key }) => key),
  TagValue: ({ tags }) => tags.map(({ value }) => value),
}

/** A window of the searched, filtered and sorted key list, with the count of all that match. */
function searchKeys({ index }: KeySession, _caller: Caller, { offset, count, ...query }: Request<'searchKeys'>): Response<'searchKeys'> {
  const found = index.search(query)
  return { total: found.length, rows: found.slice(offset, offset + count).map(keyRowOf) }
}

export const queryOperations = { describeKey, listKeys, searchKeys }
