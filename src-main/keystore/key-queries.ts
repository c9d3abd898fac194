import type { KeyFilterName } from '../../src-shared/contract/keys'
import type { Request, Response } from '../../src-shared/contract/operations'
import { aliasArn, keyArn } from './arn'
import { keyMetadataOf, keyRowOf } from './key-metadata'
import type { KeyRecord } from './key-record'
import { requireState, type KeySession } from './key-session'

/** DescribeKey. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
export function describeKey(session: KeySession, request: Request<'describeKey'>): Response<'describeKey'> {
  const { record } = session.resolve(request.keyId)
  requireState(record, 'describeKey')
  return { keyMetadata: keyMetadataOf(session.records.vaultId, record) }
}

/** ListKeys: oldest first, those that fit every filter; a page past the end is empty. */
export function listKeys({ index, records }: KeySession, { pageNumber, pageSize, filters }: Request<'listKeys'>): Response<'listKeys'> {
  const all = index.inOrderOfCreation()
  const found = filters.length === 0 ? all : all.filter(({ record }) => filters.every(({ Key, Values }) => filterValues[Key](record).some((value) => Values.includes(value))))
  return {
    totalCount: found.length,
    pageNumber,
    pageSize,
    keys: pageOf(found, pageNumber, pageSize).map(({ keyId }) => ({ keyId, keyArn: keyArn(records.vaultId, keyId) })),
  }
}

/** What a key has under each name that ListKeys filters by; a key has no tags and belongs to no cloud instance so far. */
const filterValues: Readonly<Record<KeyFilterName, (record: KeyRecord) => readonly string[]>> = {
  KeyState: ({ keyState }) => [keyState],
  KeySpec: ({ keySpec }) => [keySpec],
  KeyUsage: ({ keyUsage }) => [keyUsage],
  ProtectionLevel: ({ protectionLevel }) => [protectionLevel],
  CreatorType: () => ['User'],
  DKMSInstanceId: () => [],
  KeyId: ({ keyId }) => [keyId],
  AliasName: ({ aliases }) => aliases,
  Creator: ({ creator }) => [creator],
  TagKey: () => [],
  TagValue: () => [],
}

/** ListAliases: by name, in code-unit order; page size 0 gives the count alone. */
export function listAliases({ index, records }: KeySession, { pageNumber, pageSize }: Request<'listAliases'>): Response<'listAliases'> {
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
export function searchKeys({ index }: KeySession, { offset, count, ...query }: Request<'searchKeys'>): Response<'searchKeys'> {
  const found = index.search(query)
  return { total: found.length, rows: found.slice(offset, offset + count).map(keyRowOf) }
}

function pageOf<T>(items: readonly T[], pageNumber: number, pageSize: number): readonly T[] {
  return items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
}
