import { KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { currentStage, type SecretDataType } from '../../src-shared/model/secrets'
import { versionById, versionNotFound, versionWithStage } from '../../src-shared/model/secret-stages'
import { readMember } from './json-bytes'
import type { SecretEntry } from './secret-index'
import type { SecretRecord, SecretVersionRecord } from './secret-record'
import { requireActive, type SecretSession } from './secret-session'
import { openValue } from './secret-values'

/** Which version: by id or by stage; ACSCurrent without either, and empty is as good as absent. */
export interface VersionReference {
  versionId?: string | undefined
  versionStage?: string | undefined
}

/** Which value of which secret (name or ARN): a field of it, or all of it. */
export interface ValueReference extends VersionReference {
  secretName: string
  field?: string | undefined
}

/** An opened value. */
export interface OpenedReference {
  /** In memory of its own, for the caller to zero. */
  value: Uint8Array
  dataType: SecretDataType
  versionId: string
}

/**
 * Opens a value, notes the use, and audits a refusal. SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW,
 * SECRET_VERSION_NOT_FOUND, SECRET_FIELD_NOT_FOUND when the value is not a set of fields or has no such field, and the
 * codes of openValue().
 */
export async function openReference(session: SecretSession, caller: Caller, reference: ValueReference): Promise<OpenedReference> {
  const entry = session.resolve(reference.secretName)
  return openEntry(session, caller, entry, ({ versions }) => findVersion(versions, reference), reference.field)
}

/** As openReference(), for a secret that was found; `choose` picks the version, or throws KmsError. */
export function openEntry(session: SecretSession, caller: Caller, entry: SecretEntry, choose: (record: SecretRecord) => SecretVersionRecord, field?: string): Promise<OpenedReference> {
  return session.audited(caller, entry.record.name, async () => {
    requireActive(entry)
    const { record } = entry
    const { versionId, dataType } = choose(record)
    const data = await openValue(session, record, versionId)
    const value = field === undefined ? data : takeField(data, field, record)
    session.recordUse(caller, record)
    return { value, dataType, versionId }
  })
}

/** The version that a reference means; a version that is named by id and stage must have both. SECRET_VERSION_NOT_FOUND. */
export function findVersion<V extends SecretVersionRecord>(versions: readonly V[], { versionId = '', versionStage = '' }: VersionReference): V {
  const found = versionId === '' ? versionWithStage(versions, versionStage || currentStage) : versionById(versions, versionId)
  if (!found || (versionStage !== '' && !found.stages.includes(versionStage))) throw versionNotFound()
  return found
}

function takeField(data: Uint8Array, field: string, { name }: SecretRecord): Uint8Array {
  const value = readMember(data, field)
  data.fill(0)
  if (!value) throw new KmsError('SECRET_FIELD_NOT_FOUND', 'The value of the secret has no such field.', { secretName: name })
  return value
}
