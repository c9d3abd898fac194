import { pieceRowId, pieceRowOf } from './attachment-rows'
import { rewrapped } from './attachment-sealing'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'

/** The first rows of all attachments with their data keys wrapped by the primary version of a master key, as a write for the transaction. */
export async function rewrappedAttachments(session: SecretSession, { secretId, attachments }: SecretRecord, keyId: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const rows = new Map<string, Uint8Array>()
  for (const { attachmentId } of attachments) {
    rows.set(pieceRowId(attachmentId, 0), await rewrapped(session, secretId, attachmentId, await pieceRowOf(session.records, attachmentId, 0), keyId))
  }
  return rows
}
