import { extname } from 'node:path'
import type { ImportProblem } from '../../../src-shared/model/import-problems'
import { secretLimits } from '../../../src-shared/model/secrets'
import { equalBytes } from '../../crypto/bytes'
import type { AttachedFile } from '../attachment-files'
import type { SecretAttachmentRecord, SecretRecord } from '../secret-record'
import type { SecretSession } from '../secret-session'
import { piecesOf } from '../window/attachments'
import { FreeNames } from './names'

const longestEnding = 16

/**
 * The files (borrowed) of an entry that a secret does not have. One whose name belongs to another content gets a name that
 * is free, unless the secret has it already under such a name. This, and what there is no room for, is added to
 * `problems`. The codes of piecesOf().
 */
export async function missingFiles(session: SecretSession, record: SecretRecord, files: readonly AttachedFile[], problems: Set<ImportProblem>): Promise<AttachedFile[]> {
  const known = record.attachments
  const names = new FreeNames(secretLimits.attachmentNameChars, (name) => known.some((one) => one.name === name))
  const missing: AttachedFile[] = []
  for (const file of files) {
    const namesakes = known.filter(({ name }) => name === file.name)
    if (await isAmong(session, record, namesakes, file)) continue
    if (namesakes.length > 0 && (await isAmong(session, record, known, file))) {
      problems.add('an attachment was renamed')
      continue
    }
    if (known.length + missing.length >= secretLimits.attachments) {
      problems.add('has too many attachments; some were left out')
      continue
    }
    const name = freeName(names, file.name)
    if (name !== file.name) problems.add('an attachment was renamed')
    missing.push({ ...file, name })
  }
  return missing
}

/** The number stands before the ending. */
function freeName(names: FreeNames, name: string): string {
  const ending = extname(name)
  return ending.length > longestEnding ? names.take(name) : names.take(name.slice(0, name.length - ending.length), ending)
}

async function isAmong(session: SecretSession, record: SecretRecord, attachments: readonly SecretAttachmentRecord[], { bytes }: AttachedFile): Promise<boolean> {
  for (const attachment of attachments) {
    if (attachment.sizeBytes === bytes.length && (await hasContent(session, record, attachment, bytes))) return true
  }
  return false
}

/** Looks at all pieces, as each is zeroed when the next is asked for. */
async function hasContent(session: SecretSession, record: SecretRecord, attachment: SecretAttachmentRecord, bytes: Uint8Array): Promise<boolean> {
  let [at, isSame] = [0, true]
  for await (const piece of piecesOf(session, record, attachment)) {
    isSame &&= equalBytes(piece, bytes.subarray(at, at + piece.length))
    at += piece.length
  }
  return isSame
}
