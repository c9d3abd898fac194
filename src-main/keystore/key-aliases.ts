import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import { aliasProblem } from '../../src-shared/model/alias'
import type { Caller } from '../../src-shared/model/caller'
import { aliasArn, aliasNotFound } from './arn'
import { changeKey, readKey, writeKey } from './change-key'
import type { KeyEntry } from './key-index'
import type { KeyRecord } from './key-record'
import { requireUsable, type KeySession } from './key-session'
import { pageOf } from './pages'

/**
 * CreateAlias: gives a key one more name, unique in the vault. INVALID_PARAMETER (aliasName), ALIAS_EXISTS,
 * STATE_MODIFIED_FAILED.
 */
async function createAlias(session: KeySession, caller: Caller, request: Request<'createAlias'>): Promise<Response<'createAlias'>> {
  const { aliasName } = request
  requireAlias(aliasName)
  return changeKey(session, caller, request.keyId, 'createAlias', (record) => {
    if (session.index.byAlias(aliasName)) throw new KmsError('ALIAS_EXISTS', 'The specified alias already exists.')
    return withAlias(record, aliasName)
  })
}

/**
 * UpdateAlias: moves a name to another key, whose state alone counts; one transaction for both keys.
 * INVALID_PARAMETER (aliasName), ALIAS_NOT_FOUND, KEY_PENDING_DELETION.
 */
async function updateAlias(session: KeySession, caller: Caller, { aliasName, keyId }: Request<'updateAlias'>): Promise<Response<'updateAlias'>> {
  requireAlias(aliasName)
  return session.changes.run(async () => {
    const target = session.resolve(keyId)
    return session.audited(caller, target.keyId, async () => {
      requireUsable(session, target.record, 'updateAlias')
      await moveAlias(session, caller, aliasName, target)
      return {}
    })
  })
}

/** DeleteAlias: the key stays as it is. INVALID_PARAMETER (aliasName), ALIAS_NOT_FOUND. */
async function deleteAlias(session: KeySession, caller: Caller, { aliasName }: Request<'deleteAlias'>): Promise<Response<'deleteAlias'>> {
  requireAlias(aliasName)
  return changeKey(session, caller, aliasName, 'deleteAlias', (record) => withoutAlias(record, aliasName))
}

/** ListAliases: by name, in code-unit order; page size 0 gives the count alone. */
function listAliases({ index, records }: KeySession, _caller: Caller, { pageNumber, pageSize }: Request<'listAliases'>): Response<'listAliases'> {
  const names = pageOf(index.aliasNames(), pageNumber, pageSize)
  const aliases = names.map((name) => aliasEntryOf(records.vaultId, name, index.byAlias(name)?.keyId ?? ''))
  return { totalCount: index.aliasCount, pageNumber, pageSize, aliases }
}

/** ListAliasesByKeyId: by name, in code-unit order; page size 0 gives the count alone. */
function listAliasesByKeyId(session: KeySession, _caller: Caller, { keyId, pageNumber, pageSize }: Request<'listAliasesByKeyId'>): Response<'listAliasesByKeyId'> {
  const { record } = session.resolve(keyId)
  const aliases = pageOf(record.aliases, pageNumber, pageSize).map((name) => aliasEntryOf(session.records.vaultId, name, record.keyId))
  return { totalCount: record.aliases.length, pageNumber, pageSize, aliases }
}

async function moveAlias(session: KeySession, caller: Caller, aliasName: string, target: KeyEntry): Promise<void> {
  const source = session.index.byAlias(aliasName)
  if (!source) throw aliasNotFound()
  const records = await session.records.mutate(caller, target.keyId, async (tx) => {
    // One after the other: both may be the same key.
    const left = await writeKey(tx, withoutAlias(await readKey(tx, source.keyId), aliasName))
    return [left, await writeKey(tx, withAlias(await readKey(tx, target.keyId), aliasName))]
  })
  for (const record of records) session.index.put(record, session.usage.lastUseAt(record.keyId))
  for (const keyId of new Set([source.keyId, target.keyId])) session.changed(keyId)
}

function requireAlias(aliasName: string): void {
  const problem = aliasProblem(aliasName)
  if (problem !== null) throw invalidParameter('aliasName', problem)
}

function withAlias(record: KeyRecord, aliasName: string): KeyRecord {
  return { ...record, aliases: [...record.aliases, aliasName].sort() }
}

function withoutAlias(record: KeyRecord, aliasName: string): KeyRecord {
  return { ...record, aliases: record.aliases.filter((name) => name !== aliasName) }
}

function aliasEntryOf(vaultId: string, aliasName: string, keyId: string) {
  return { aliasName, aliasArn: aliasArn(vaultId, aliasName), keyId }
}

export const aliasOperations = { createAlias, updateAlias, deleteAlias, listAliases, listAliasesByKeyId }
