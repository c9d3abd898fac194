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

/** Ids of the secrets of a folder (empty: all), by name. */
export function secretsIn(session: SecretSession, folder: string): readonly string[] {
  const start = folder === '' ? '' : `${folder}/`
  const entries = session.index.inOrderOfCreation().filter(({ summary }) => summary.name.startsWith(start))
  return entries.toSorted((a, b) => (a.summary.name < b.summary.name ? -1 : 1)).map(({ secretId }) => secretId)
}

/**
 * Opens the values that a secret has now, for the caller to forget (forgetSecret). It waits for its turn among the changes,
 * so that none of them comes between the record and the values. Null for a secret that is gone; what is left out where it
 * is in the recycle bin or its key cannot be used. VAULT_LOCKED, VAULT_DAMAGED.
 */
export function openSecret(session: SecretSession, caller: Caller, secretId: string, wish: ExportWish): Promise<OpenedSecret | LeftOut | null> {
  return session.changes.run(async () => {
    const record = session.index.byId(secretId)?.glance()
    return record ? open(session, caller, record, wish) : null
  })
}

async function open(session: SecretSession, caller: Caller, record: SecretRecord, wish: ExportWish): Promise<OpenedSecret | LeftOut> {
  const { name } = record
  if (record.deletesAt !== null) return { name, problem: 'is in the recycle bin' }
  const opened: Uint8Array[] = []
  try {
    const versions = await openVersions(session, record, wish, opened)
    const { attachments, problems } = await openAttachments(session, record, wish, opened)
    session.recordUse(caller, record)
    if (wish.versions === 'current' && record.versions.length > 1) problems.push('older versions are not part of this format')
    return { secret: { ...toldOf(record), versions, attachments }, problems }
  } catch (error) {
    zero(...opened)
    if (isKmsError(error) && error.code.startsWith('KEY_')) return { name, problem: 'its master key cannot be used now' }
    throw error
  }
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
