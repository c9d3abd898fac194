import { isKmsError } from '../../../src-shared/errors'
import type { ExportProblem } from '../../../src-shared/model/import-problems'
import type { Caller } from '../../../src-shared/model/caller'
import { zero } from '../../crypto/bytes'
import { fieldsOfValue } from '../secret-fields'
import type { SecretRecord } from '../secret-record'
import type { SecretSession } from '../secret-session'
import { openValue, readValues } from '../secret-values'
import { piecesOf } from '../window/attachments'
import { currentVersionOf } from '../window/views'
import type { ExportedSecret, ExportedVersion } from './exported'

/** What could not be exported. */
export interface LeftOut {
  readonly name: string
  readonly problem: ExportProblem
}

/** What of a secret is wanted. */
export interface ExportWish {
  readonly versions: 'current' | 'all'
  /** Bytes of attachments that there is still room for; zero: none. */
  readonly attachmentBytes: number
}

/** A secret that is opened, and what of it stays behind. */
export interface OpenedSecret {
  readonly secret: ExportedSecret
  readonly problems: readonly ExportProblem[]
}

/** The secrets of a folder (empty: all), by name. */
export function recordsIn(session: SecretSession, folder: string): readonly SecretRecord[] {
  const start = folder === '' ? '' : `${folder}/`
  const records = session.index.inOrderOfCreation().map(({ record }) => record).filter(({ name }) => name.startsWith(start))
  return records.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Opens the values of a secret, for the caller to forget (forgetSecret). A problem where it is in the recycle bin or its
 * key cannot be used. VAULT_LOCKED, VAULT_DAMAGED.
 */
export async function openSecret(session: SecretSession, caller: Caller, record: SecretRecord, wish: ExportWish): Promise<OpenedSecret | ExportProblem> {
  if (record.deletesAt !== null) return 'is in the recycle bin'
  const opened: Uint8Array[] = []
  try {
    const versions = await openVersions(session, record, wish, opened)
    const { attachments, problems } = await openAttachments(session, record, wish, opened)
    session.recordUse(caller, record)
    return { secret: { ...toldOf(record), versions, attachments }, problems }
  } catch (error) {
    zero(...opened)
    if (isKmsError(error) && error.code.startsWith('KEY_')) return 'its master key cannot be used now'
    throw error
  }
}

/** Zeroes the values of a secret. */
export function forgetSecret({ versions, attachments }: ExportedSecret): void {
  for (const { data } of versions) zero(data)
  for (const { bytes } of attachments) zero(bytes)
}

async function openVersions(session: SecretSession, record: SecretRecord, { versions }: ExportWish, opened: Uint8Array[]): Promise<ExportedVersion[]> {
  const current = currentVersionOf(record)
  const older = versions === 'all' ? record.versions.filter((version) => version !== current) : []
  const values = await readValues(session.records, record.secretId)
  const found: ExportedVersion[] = []
  for (const version of [...older, ...(current ? [current] : [])]) {
    const data = await openValue(session, record, version.versionId, values)
    opened.push(data)
    const { versionId, createdAt, stages, dataType } = version
    found.push({ versionId, createdAt, stages, dataType, data, fields: version === current ? record.fields : fieldsOfValue(data, dataType, record).fields })
  }
  return found
}

async function openAttachments(session: SecretSession, record: SecretRecord, { attachmentBytes }: ExportWish, opened: Uint8Array[]): Promise<Pick<ExportedSecret, 'attachments'> & { problems: ExportProblem[] }> {
  const size = record.attachments.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
  if (record.attachments.length === 0) return { attachments: [], problems: [] }
  if (attachmentBytes === 0) return { attachments: [], problems: ['attachments are not part of this format'] }
  if (size > attachmentBytes) return { attachments: [], problems: ['attachments do not fit into the file'] }
  const attachments = []
  for (const attachment of record.attachments) {
    const bytes = new Uint8Array(new ArrayBuffer(attachment.sizeBytes))
    opened.push(bytes)
    let at = 0
    for await (const piece of piecesOf(session, record, attachment)) {
      bytes.set(piece, at)
      at += piece.length
    }
    attachments.push({ name: attachment.name, bytes })
  }
  return { attachments, problems: [] }
}

function toldOf({ name, secretType, template, description, tags, createdAt, updatedAt, expiresAt, isFavourite }: SecretRecord): Omit<ExportedSecret, 'versions' | 'attachments'> {
  return { name, secretType, template, description, tags, createdAt, updatedAt, expiresAt, isFavourite }
}
