import { uuid } from '../crypto/random'
import type { RecordTransaction } from '../vault/records'
import { attachmentPieceBytes, pieceCountOf, pieceRowId } from './attachment-rows'
import { newAttachmentKey, sealPiece } from './attachment-sealing'
import type { SecretAttachmentRecord, SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'

/** A file that is to be kept with a secret, in memory. Its name and size are within the limits. */
export interface AttachedFile {
  readonly name: string
  /** Borrowed. */
  readonly bytes: Uint8Array
}

/** Files that are sealed and not yet written. */
export interface SealedFiles {
  readonly attachments: readonly SecretAttachmentRecord[]
  write(tx: Pick<RecordTransaction, 'put'>): Promise<void>
}

/** Seals files for a secret. Not within a transaction. Codes of newAttachmentKey(). */
export async function sealFiles(session: SecretSession, record: Pick<SecretRecord, 'secretId' | 'keyId'>, files: readonly AttachedFile[]): Promise<SealedFiles> {
  const attachments: SecretAttachmentRecord[] = []
  const rows: { id: string; row: Uint8Array }[] = []
  for (const { name, bytes } of files) {
    const attachment = { attachmentId: uuid(), name, sizeBytes: bytes.length, addedAt: session.nowMs() }
    rows.push(...(await sealPieces(session, record, attachment, bytes)))
    attachments.push(attachment)
  }
  return {
    attachments,
    async write(tx) {
      for (const { id, row } of rows) await tx.put('secret-attachment', id, record.secretId, row)
    },
  }
}

async function sealPieces(session: SecretSession, record: Pick<SecretRecord, 'secretId' | 'keyId'>, attachment: SecretAttachmentRecord, bytes: Uint8Array): Promise<{ id: string; row: Uint8Array }[]> {
  const key = await newAttachmentKey(session, record, attachment.attachmentId)
  try {
    return Array.from({ length: pieceCountOf(bytes.length) }, (_, piece) => {
      const start = piece * attachmentPieceBytes
      const row = sealPiece(key, record.secretId, attachment, piece, bytes.subarray(start, start + attachmentPieceBytes))
      return { id: pieceRowId(attachment.attachmentId, piece), row }
    })
  } finally {
    key.dataKey.fill(0)
  }
}
