import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { rewrappedAttachments } from '../attachment-rewrapping'
import { changeSecret, writeSecret, type SecretChange } from '../change-secret'
import { requireFreeName } from '../new-secret'
import type { SecretEntry } from '../secret-index'
import type { SecretRecord } from '../secret-record'
import { secretNotFound, type SecretSession } from '../secret-session'
import type { SecretValues } from '../secret-values'
import { withMasterKey } from '../versions'
import { moved, renamed } from './rename'
import { timeOrNull } from './times'

/**
 * Changes what is no part of a version: the name, whether it is a favourite, when it expires, and the master key, under
 * which then all values and attachments are, so that nothing needs the old one. INVALID_PARAMETER, SECRET_EXISTS,
 * SECRET_IN_DELETE_WINDOW, KEY_NOT_FOUND, ALIAS_NOT_FOUND, the codes of withMasterKey().
 */
export async function changeSecretSettings(session: SecretSession, caller: Caller, request: Request<'changeSecret'>): Promise<Response<'changeSecret'>> {
  const { newName, isFavourite, expiryDate, encryptionKeyId } = request
  let nameBefore = ''
  const { name } = await changeSecret(session, caller, request.secretName, async (record, values) => {
    nameBefore = record.name
    const told = renamed(session, record, newName ?? record.name)
    const edited: SecretRecord = {
      ...told,
      isFavourite: isFavourite ?? told.isFavourite,
      expiresAt: expiryDate === undefined ? told.expiresAt : timeOrNull('expiryDate', expiryDate),
    }
    const keyId = encryptionKeyId === undefined ? record.keyId : session.keys.resolve(encryptionKeyId).keyId
    if (keyId !== record.keyId) return underOtherKey(session, edited, values, keyId)
    return { record: isSame(edited, record) ? record : edited }
  })
  // Who looks at the secret under its old name must hear of it.
  if (name !== nameBefore) session.changed(nameBefore)
  return { secretName: name }
}

/**
 * Moves every secret of a folder and below, but what is in the recycle bin, in one transaction: all or none. An empty `to`
 * is the top. INVALID_PARAMETER (to), SECRET_NOT_FOUND for a folder without secrets, SECRET_EXISTS, SECRET_IN_DELETE_WINDOW.
 */
export function moveSecretFolder(session: SecretSession, caller: Caller, { from, to }: Request<'moveSecretFolder'>): Promise<Response<'moveSecretFolder'>> {
  return session.changes.run(() =>
    session.audited(caller, from, async () => {
      if (to === from || to.startsWith(`${from}/`)) throw invalidParameter('to', 'must not be the folder itself, or one in it')
      const entries = [...session.index.entries()].filter(({ summary }) => summary.deletesAt === null && summary.name.startsWith(`${from}/`))
      if (entries.length === 0) throw secretNotFound()
      const updatedAt = session.nowMs()
      const records = entries.map(({ record }) => ({ ...moved(record, from, to, 'to'), updatedAt }))
      requireFreeNames(session, records, entries)
      await session.records.mutate(caller, from, async (tx) => {
        for (const record of records) await writeSecret(tx, record)
      })
      for (const record of records) session.index.put(record)
      session.changed(null)
      return { moved: records.length }
    }),
  )
}

async function underOtherKey(session: SecretSession, record: SecretRecord, values: () => Promise<SecretValues>, keyId: string): Promise<SecretChange> {
  const change = await withMasterKey(session, record, values, keyId)
  const rows = await rewrappedAttachments(session, record, keyId)
  return {
    ...change,
    more: async (tx) => {
      for (const [id, row] of rows) await tx.put('secret-attachment', id, record.secretId, row)
    },
  }
}

/** Names that the moved secrets have now will be free. */
function requireFreeNames(session: SecretSession, records: readonly SecretRecord[], entries: readonly SecretEntry[]): void {
  const moving = new Set(entries.map(({ summary }) => summary.name))
  for (const { name, secretType } of records) if (!moving.has(name)) requireFreeName(session, name, secretType)
}

function isSame(a: SecretRecord, b: SecretRecord): boolean {
  return a.name === b.name && a.isFavourite === b.isFavourite && a.expiresAt === b.expiresAt
}
