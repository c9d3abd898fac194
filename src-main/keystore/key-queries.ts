import type { KeyFilterName } from '../../src-shared/contract/keys'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import { aliasArn, keyArn } from './arn'
import { keyMetadataOf, keyRowOf } from './key-metadata'
import type { KeyRecord } from './key-record'
import { requireState, type KeySession } from './key-session'

/** DescribeKey. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
function describeKey(session: KeySession, _caller: Caller, request: Request<'describeKey'>): Response<'describeKey'> {
  const { record } = session.resolve(request.keyId)
  requireState(record, 'describeKey')
  return { keyMetadata: keyMetadataOf(session.records.vaultId, record) }
}

/** ListKeys: oldest first, those that fit every filter; a page past the end is empty. */
function listKeys({ index, records }: KeySession, _caller: Caller, { pageNumber, pageSize, filters }: Request<'listKeys'>): Response<'listKeys'> {
  const all = index.inOrderOfCreation()
  const found = filters.length === 0 ? all : all.filter(({ record }) => filters.every(({ Key, Values }) => filterValues[Key](record, records.vaultId).some((value) => Values.includes(value))))
  return {
    totalCount: found.length,
    pageNumber,
    pageSize,
    keys: pageOf(found, pageNumber, pageSize).map(({ keyId }) => ({ keyId, keyArn: keyArn(records.vaultId, keyId) })),
  }
}

/** What a key has under each name that ListKeys filters by; the vault is the KMS instance. */
const filterValues: Readonly<Record<KeyFilterName, (record: KeyRecord, vaultId: string) => readonly string[]>> = {
  KeyState: ({ keyState }) => [keyState],
  KeySpec: ({ keySpec }) => [keySpec],
  KeyUsage: ({ keyUsage }) => [keyUsage],
  ProtectionLevel: ({ protectionLevel }) => [protectionLevel],
  CreatorType: () => ['User'],
  DKMSInstanceId: (_record, vaultId) => [vaultId],
  KeyId: ({ keyId }) => [keyId],
  AliasName: ({ aliases }) => aliases,
  Creator: ({ creator }) => [creator],
  TagKey: ({ tags }) => tags.map(({ key }) => key),
  TagValue: ({ tags }) => tags.map(({ value }) => value),
}

/** ListAliases: by name, in code-unit order; page size 0 gives the count alone. */
function listAliases({ index, records }: KeySession, _caller: Caller, { pageNumber, pageSize }: Request<'listAliases'>): Response<'listAliases'> {
  const names = pageOf(index.aliasNames(), pageNumber, pageSize)
  return {
    totalCount: index.aliasCount,
    pageNumber,
    pageSize,
    aliases: names.map((aliasName) => ({
      aliasName,
      aliasArn: aliasArn(records.vaultId, aliasName),
      keyId: index.byAlias(aliasName)?.keyId ?? '',
    })),
  }
}

/** A window of the searched and sorted key list, with the count of all that match. */
function searchKeys({ index }: KeySession, _caller: Caller, { offset, count, ...query }: Request<'searchKeys'>): Response<'searchKeys'> {
  const found = index.search(query)
  return { total: found.length, rows: found.slice(offset, offset + count).map(keyRowOf) }
}

function pageOf<T>(items: readonly T[], pageNumber: number, pageSize: number): readonly T[] {
  return items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
}

export const queryOperations = { describeKey, listKeys, listAliases, searchKeys }
