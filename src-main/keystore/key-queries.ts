import type { Request, Response } from '../../src-shared/contract/operations'
import { aliasArn, keyArn } from './arn'
import { keyMetadataOf, keyRowOf } from './key-metadata'
import { requireState, type KeySession } from './key-session'

/** DescribeKey. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
export function describeKey(session: KeySession, request: Request<'describeKey'>): Response<'describeKey'> {
  const { record } = session.resolve(request.keyId)
  requireState(record, 'describeKey')
  return { keyMetadata: keyMetadataOf(session.records.vaultId, record) }
}

/** ListKeys: oldest first; a page past the end is empty. */
export function listKeys({ index, records }: KeySession, { pageNumber, pageSize }: Request<'listKeys'>): Response<'listKeys'> {
  const keys = pageOf(index.inOrderOfCreation(), pageNumber, pageSize)
  return {
    totalCount: index.size,
    pageNumber,
    pageSize,
    keys: keys.map(({ keyId }) => ({ keyId, keyArn: keyArn(records.vaultId, keyId) })),
  }
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
