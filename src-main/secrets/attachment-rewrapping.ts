import { damagedRow } from '../keystore/stored-row'
import { pieceRowId } from './attachment-rows'
import { rewrapped } from './attachment-sealing'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'

/** The row of a piece of an attachment. VAULT_DAMAGED when it is missing. */
export async function pieceRowOf({ records }: SecretSession, attachmentId: string, piece: number): Promise<Uint8Array> {
  const row = await records.read('secret-attachment', pieceRowId(attachmentId, piece))
  if (!row) throw damagedRow('attachment')
  return row
}

/** The row that has the wrapped data key. VAULT_DAMAGED. */
export function firstRowOf(session: SecretSession, attachmentId: string): Promise<Uint8Array> {
  return pieceRowOf(session, attachmentId, 0)
}

/** The first rows of all attachments with their data keys wrapped by the primary version of a master key, as a write for the transaction. */
export async function rewrappedAttachments(session: SecretSession, { secretId, attachments }: SecretRecord, keyId: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const rows = new Map<string, Uint8Array>()
  for (const { attachmentId } of attachments) {
    rows.set(pieceRowId(attachmentId, 0), await rewrapped(session, secretId, attachmentId, await firstRowOf(session, attachmentId), keyId))
  }
  return rows
}
