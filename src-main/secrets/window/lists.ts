import type { Request, Response } from '../../../src-shared/contract/operations'
import type { Caller } from '../../../src-shared/model/caller'
import type { SecretSession } from '../secret-session'
import { secretRowOf } from './views'

const mostFolders = 1000

/** A window of the searched, filtered and sorted list, with the count of all that match. */
export function searchSecrets(session: SecretSession, _caller: Caller, { offset, count, ...query }: Request<'searchSecrets'>): Response<'searchSecrets'> {
  const nowMs = session.nowMs()
  const found = session.index.search(query, nowMs)
  return { total: found.length, rows: found.slice(offset, offset + count).map(({ record }) => secretRowOf(record, nowMs)) }
}

/** The folders directly below one, and what is counted beside them. */
export function listSecretFolders({ index }: SecretSession, _caller: Caller, { parent }: Request<'listSecretFolders'>): Response<'listSecretFolders'> {
  return { folders: index.foldersBelow(parent).slice(0, mostFolders), ...index.counts() }
}
