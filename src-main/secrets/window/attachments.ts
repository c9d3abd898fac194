import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { secretLimits } from '../../../src-shared/model/secrets'
import { uuid } from '../../crypto/random'
import { damagedRow } from '../../keystore/stored-row'
import { writeChosenFile } from '../../platform/atomic-file'
import { attachmentPieceBytes, pieceCountOf, pieceRowId, pieceRowOf, removeAttachment } from '../attachment-rows'
import { newAttachmentKey, openAttachmentKey, openPiece, sealPiece } from '../attachment-sealing'
import { changeSecret } from '../change-secret'
import type { SecretAttachmentRecord, SecretRecord } from '../secret-record'
import { requireActive, type SecretSession } from '../secret-session'
import { attachmentViewOf } from './views'

/** A file that is to be kept. */
export interface AttachmentSource {
  readonly name: string
  readonly sizeBytes: number
  /** The next bytes, in memory of their own. */
  readAt(position: number, length: number): Promise<Uint8Array>
  /** Throws KmsError when the file changed while it was read. */
  checkUnchanged(): Promise<void>
}

const notWritable = 'The attachment could not be saved there. Choose another folder.'

/**
 * Seals a file piece by piece and keeps it with the secret. INVALID_PARAMETER (name), FILE_TOO_LARGE, LIMIT_EXCEEDED for
 * the 21st, SOURCE_CHANGED, the codes of changeSecret() and newAttachmentKey().
 */
export async function addAttachment(session: SecretSession, caller: Caller, secretName: string, source: AttachmentSource): Promise<Response<'addSecretAttachment'>> {
  const attachment = { attachmentId: uuid(), name: attachmentName(source.name), sizeBytes: source.sizeBytes, addedAt: session.nowMs() }
  await changeSecret(session, caller, secretName, async (record) => {
    requireRoom(record, attachment.sizeBytes)
    const rows = await sealSource(session, record, attachment, source)
    return {
      record: { ...record, attachments: [...record.attachments, attachment] },
      more: async (tx) => {
        for (const [piece, row] of rows.entries()) await tx.put('secret-attachment', pieceRowId(attachment.attachmentId, piece), record.secretId, row)
      },
    }
  })
  return { attachment: attachmentViewOf(attachment) }
}

/** Writes an attachment, opened piece by piece, to a file of its owner alone. SECRET_ATTACHMENT_NOT_FOUND, TARGET_NOT_WRITABLE, NO_SPACE, the codes of openAttachmentKey(). */
export function saveAttachment(session: SecretSession, caller: Caller, secretName: string, attachmentId: string, path: string): Promise<Response<'saveSecretAttachment'>> {
  const entry = session.resolve(secretName)
  return session.audited(caller, entry.record.name, async () => {
    requireActive(entry)
    const attachment = attachmentOf(entry.record, attachmentId)
    await writeChosenFile(path, piecesOf(session, entry.record, attachment), notWritable)
    session.recordUse(caller, entry.record)
    return { sizeBytes: attachment.sizeBytes }
  })
}

/** Removes an attachment for good. SECRET_ATTACHMENT_NOT_FOUND, the codes of changeSecret(). */
export async function removeSecretAttachment(session: SecretSession, caller: Caller, { secretName, attachmentId }: Request<'removeSecretAttachment'>): Promise<Response<'removeSecretAttachment'>> {
  await changeSecret(session, caller, secretName, (record) => {
    const attachment = attachmentOf(record, attachmentId)
    return {
      record: { ...record, attachments: record.attachments.filter((one) => one !== attachment) },
      more: (tx) => removeAttachment(tx, attachment),
    }
  })
  return {}
}

/** The content of an attachment in pieces, each lent until the next is asked for. The codes of openAttachmentKey(). */
export async function* piecesOf(session: SecretSession, { secretId }: SecretRecord, attachment: SecretAttachmentRecord): AsyncGenerator<Uint8Array> {
  const { attachmentId, sizeBytes } = attachment
  const dataKey = await openAttachmentKey(session, secretId, attachmentId, await pieceRowOf(session.records, attachmentId, 0))
  try {
    let left = sizeBytes
    for (let piece = 0; piece < pieceCountOf(sizeBytes); piece++) {
      const content = openPiece(dataKey, secretId, attachment, piece, await pieceRowOf(session.records, attachmentId, piece))
      left -= content.length
      yield content
      content.fill(0)
    }
    if (left !== 0) throw damagedRow('attachment')
  } finally {
    dataKey.fill(0)
  }
}

async function sealSource(session: SecretSession, record: SecretRecord, attachment: SecretAttachmentRecord, source: AttachmentSource): Promise<Uint8Array[]> {
  const key = await newAttachmentKey(session, record, attachment.attachmentId)
  try {
    const rows: Uint8Array[] = []
    for (let piece = 0; piece < pieceCountOf(attachment.sizeBytes); piece++) {
      const start = piece * attachmentPieceBytes
      const content = await source.readAt(start, Math.min(attachmentPieceBytes, attachment.sizeBytes - start))
      rows.push(sealPiece(key, record.secretId, attachment, piece, content))
      content.fill(0)
    }
    await source.checkUnchanged()
    return rows
  } finally {
    key.dataKey.fill(0)
  }
}

function requireRoom({ attachments }: SecretRecord, sizeBytes: number): void {
  const { attachments: most, attachmentBytes } = secretLimits
  if (sizeBytes > attachmentBytes) throw new KmsError('FILE_TOO_LARGE', `An attachment has at most ${attachmentBytes} bytes.`, { limit: attachmentBytes })
  if (attachments.length >= most) throw new KmsError('LIMIT_EXCEEDED', `A secret has at most ${most} attachments.`, { limit: most })
}

function attachmentOf({ attachments }: SecretRecord, attachmentId: string): SecretAttachmentRecord {
  const found = attachments.find((one) => one.attachmentId === attachmentId)
  if (!found) throw new KmsError('SECRET_ATTACHMENT_NOT_FOUND', 'The secret has no such attachment.')
  return found
}

/** A name that is offered when the file is saved again, so nothing in it may lead elsewhere. */
function attachmentName(name: string): string {
  const isAllowed = name.length > 0 && name.length <= secretLimits.attachmentNameChars && !/[/\\\p{Cc}]/u.test(name) && name !== '.' && name !== '..'
  if (!isAllowed) throw invalidParameter('name', `must have 1 to ${secretLimits.attachmentNameChars} characters and no slashes`)
  return name
}
