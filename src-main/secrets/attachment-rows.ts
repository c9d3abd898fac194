import { secretLimits } from '../../src-shared/model/secrets'
import { damagedRow } from '../keystore/stored-row'
import type { RecordTransaction, VaultRecords } from '../vault/records'

/** What an attachment's rows are found by. */
export interface StoredAttachment {
  readonly attachmentId: string
  readonly sizeBytes: number
}

/** The longest piece of an attachment. */
export const attachmentPieceBytes = 1024 * 1024

/** An attachment of no bytes has one piece, which is empty. */
export function pieceCountOf(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / attachmentPieceBytes))
}

/** Id of the row `secret-attachment` of a piece, numbered from 0; its parent is the secret. */
export function pieceRowId(attachmentId: string, piece: number): string {
  return `${attachmentId}/${piece}`
}

/** The row of a piece; the first one has the wrapped data key. VAULT_DAMAGED when it is missing. */
export async function pieceRowOf(records: VaultRecords, attachmentId: string, piece: number): Promise<Uint8Array> {
  const row = await records.read('secret-attachment', pieceRowId(attachmentId, piece))
  if (!row) throw damagedRow('attachment')
  return row
}

/** Removes the pieces of one attachment; what the record says of it is the caller's to change. */
export async function removeAttachment(tx: RecordTransaction, { attachmentId, sizeBytes }: StoredAttachment): Promise<void> {
  const pieces = Math.min(pieceCountOf(sizeBytes), pieceCountOf(secretLimits.attachmentBytes))
  for (let piece = 0; piece < pieces; piece++) await tx.remove('secret-attachment', pieceRowId(attachmentId, piece))
}

/** Removes the pieces of all attachments of a secret, with which they go. */
export async function removeAttachments(tx: RecordTransaction, { attachments }: { readonly attachments: readonly StoredAttachment[] }): Promise<void> {
  for (const attachment of attachments) await removeAttachment(tx, attachment)
}
