import { isUtf8 } from 'node:buffer'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import { currentStage, secretLimits, versionIdProblem, type SecretDataType, type SecretField } from '../../src-shared/model/secrets'
import { movedStage, versionById, versionWithStage, withPendingCurrent, withVersion, type StageMove } from '../../src-shared/model/secret-stages'
import { equalBytes } from '../crypto/bytes'
import type { SecretChange } from './change-secret'
import { fieldsOfValue, type FieldsOfValue } from './secret-fields'
import type { SecretRecord, SecretVersionRecord } from './secret-record'
import type { SecretSession } from './secret-session'
import { openValue, sealValue, type SealedValue, type SecretValues } from './secret-values'

/** A version that is added. */
export interface NewVersion {
  versionId: string
  /** Borrowed: stays the caller's, who zeroes it. */
  data: Uint8Array
  dataType: SecretDataType
  /** Labels that it gets; of a request, what requestedStages() lets through. */
  stages: readonly string[]
  /** The fields as the user named them; absent: what is known of them stays. */
  fields?: readonly SecretField[]
  /** When it was made elsewhere; absent: now. */
  createdAt?: number
}

/** Gives the values that a secret has. */
type ReadValues = () => Promise<SecretValues>

/**
 * Adds a version by the stage rules (model/secret-stages). The same version id with the same data changes nothing; with
 * other data SECRET_VERSION_EXISTS. INVALID_PARAMETER (versionId, secretData), LIMIT_EXCEEDED, the codes of sealValue().
 */
export async function addVersion(session: SecretSession, record: SecretRecord, values: ReadValues, version: NewVersion): Promise<SecretChange> {
  checkVersion(record, version)
  const { versionId, data, dataType, stages } = version
  const known = versionById(record.versions, versionId)
  if (known) {
    if (known.dataType === dataType && (await holds(session, record, versionId, data))) return { record }
    throw new KmsError('SECRET_VERSION_EXISTS', 'The secret has a version of this id with another value.', { secretName: record.name })
  }
  const added: SecretVersionRecord = { versionId, createdAt: version.createdAt ?? session.nowMs(), dataType, sizeBytes: data.length, stages: [] }
  const { versions, dropped } = withVersion(record.versions, added, stages)
  const [before, sealed] = [await values(), await sealValue(session, record, versionId, dataType, data)]
  const kept = [...before].filter(([id]) => !dropped.includes(id))
  const isCurrent = versionWithStage(versions, currentStage)?.versionId === versionId
  const fields = isCurrent ? fieldsOfValue(data, dataType, record, version.fields) : {}
  return { record: { ...record, versions, ...fields }, values: new Map([...kept, [versionId, sealed]]) }
}

/** UpdateSecretVersionStage by the rules of movedStage(); its codes, and those of openValue() when another version becomes current. */
export async function moveStage(session: SecretSession, record: SecretRecord, move: StageMove): Promise<SecretRecord> {
  return withVersions(session, record, movedStage(record.versions, move))
}

/** The end of a rotation: the pending version becomes current. `values` when they are not those on disk. Codes of moveStage(). */
export async function makePendingCurrent(session: SecretSession, record: SecretRecord, versionId: string, values?: SecretValues): Promise<SecretRecord> {
  return withVersions(session, record, withPendingCurrent(record.versions, versionId), values)
}

/** Gives a version that was never current another value, as text; `data` stays the caller's. INVALID_PARAMETER (secretData), codes of sealValue(). */
export async function replaceValue(session: SecretSession, record: SecretRecord, values: ReadValues, { versionId, data }: Pick<NewVersion, 'versionId' | 'data'>): Promise<SecretChange> {
  checkVersion(record, { versionId, data, dataType: 'text' })
  const [before, sealed] = [await values(), await sealValue(session, record, versionId, 'text', data)]
  const versions = record.versions.map((version) => (version.versionId === versionId ? { ...version, dataType: 'text' as const, sizeBytes: data.length } : version))
  return { record: { ...record, versions }, values: new Map([...before, [versionId, sealed]]) }
}

/** Seals every value anew under another master key, so that no value needs the old one. Codes of openValue() and sealValue(). */
export async function withMasterKey(session: SecretSession, record: SecretRecord, values: ReadValues, keyId: string): Promise<SecretChange> {
  if (keyId === record.keyId) return { record }
  const changed = { ...record, keyId }
  const before = await values()
  const resealed: [string, SealedValue][] = []
  for (const { versionId, dataType } of record.versions) {
    const data = await openValue(session, record, versionId, before)
    try {
      resealed.push([versionId, await sealValue(session, changed, versionId, dataType, data)])
    } finally {
      data.fill(0)
    }
  }
  return { record: changed, values: new Map(resealed) }
}

/** INVALID_PARAMETER (versionId, secretData) for what no secret of this type may have. */
export function checkVersion({ secretType }: Pick<SecretRecord, 'secretType'>, { versionId, data, dataType }: Pick<NewVersion, 'versionId' | 'data' | 'dataType'>): void {
  const problem = versionIdProblem(versionId)
  if (problem !== null) throw invalidParameter('versionId', problem)
  if (data.length > secretLimits.dataBytes) throw invalidParameter('secretData', `must have at most ${secretLimits.dataBytes} bytes`)
  if (dataType === 'text' && !isUtf8(data)) throw invalidParameter('secretData', 'must be UTF-8 text, or secretDataType must be binary')
  if (dataType === 'binary' && secretType !== 'Generic') throw invalidParameter('secretDataType', 'must be text for a managed secret')
}

/** Takes over versions; when another one is current by that, its fields are read from its value. */
async function withVersions(session: SecretSession, record: SecretRecord, versions: readonly SecretVersionRecord[], values?: SecretValues): Promise<SecretRecord> {
  const [before, after] = [record.versions, versions].map((list) => versionWithStage(list, currentStage))
  const changed = { ...record, versions }
  if (!after || after.versionId === before?.versionId) return changed
  return { ...changed, ...(await readFields(session, record, after, values)) }
}

async function readFields(session: SecretSession, record: SecretRecord, { versionId, dataType }: SecretVersionRecord, values?: SecretValues): Promise<FieldsOfValue> {
  const data = await openValue(session, record, versionId, values)
  try {
    return fieldsOfValue(data, dataType, record)
  } finally {
    data.fill(0)
  }
}

async function holds(session: SecretSession, record: SecretRecord, versionId: string, data: Uint8Array): Promise<boolean> {
  const stored = await openValue(session, record, versionId)
  try {
    return equalBytes(stored, data)
  } finally {
    stored.fill(0)
  }
}
