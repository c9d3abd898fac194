import type { Request, Response } from '../../../src-shared/contract/operations'
import { KmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { currentStage } from '../../../src-shared/model/secrets'
import { tagsOf } from '../../keystore/key-tags'
import { changeSecret, type SecretChange } from '../change-secret'
import { readStringObject, writeStringObject, zeroMembers, type JsonMember } from '../json-bytes'
import { addSecret } from '../new-secret'
import { fieldsOfValue } from '../secret-fields'
import type { SecretRecord } from '../secret-record'
import type { SecretSession } from '../secret-session'
import { openValue, type SecretValues } from '../secret-values'
import { addVersion, checkVersion } from '../versions'
import { areSameMembers, fieldsOfDraft, membersOfDraft } from './fields-draft'
import { renamed } from './rename'
import { timeOrNull } from './times'
import { currentVersionOf } from './views'

type SaveRequest = Request<'saveSecret'>
type Told = Pick<SecretRecord, 'template' | 'description' | 'tags' | 'isFavourite' | 'expiresAt'>

/**
 * Makes a secret of fields, or changes one. The old version is kept with every edit; there is none when no value and no
 * name of a field differs. INVALID_PARAMETER (name, fields, values, tags, expiryDate, secretData), SECRET_EXISTS,
 * SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW, SECRET_CHANGED, UNSUPPORTED_OPERATION for the fields of a managed secret, and
 * the codes of addVersion().
 */
export async function saveSecret(session: SecretSession, caller: Caller, request: SaveRequest): Promise<Response<'saveSecret'>> {
  const record = request.existing === undefined ? await makeSecret(session, caller, request) : await editSecret(session, caller, request.existing, request)
  return { secretName: record.name, versionId: currentVersionOf(record)?.versionId ?? '' }
}

async function makeSecret(session: SecretSession, caller: Caller, request: SaveRequest): Promise<SecretRecord> {
  const { name, encryptionKeyId } = request
  const told = toldBy(request)
  return withData(membersOfDraft(request, null), (data) =>
    addSecret(session, caller, {
      ...told,
      name,
      secretType: 'Generic',
      keyReference: encryptionKeyId,
      versions: [{ versionId: 'v1', data, dataType: 'text', stages: [currentStage], fields: fieldsOfDraft(request) }],
    }),
  )
}

function editSecret(session: SecretSession, caller: Caller, existing: string, request: SaveRequest): Promise<SecretRecord> {
  return changeSecret(session, caller, existing, async (record, values) => {
    const { basedOnVersionId } = request
    if (basedOnVersionId !== undefined && currentVersionOf(record)?.versionId !== basedOnVersionId) throw changedMeanwhile(record)
    const edited = renamed(session, { ...record, ...toldBy(request) }, request.name)
    const change = await withFields(session, edited, values, request)
    return change.values || !isSame(change.record, record) ? change : { record }
  })
}

/** The secret with the fields that are asked for, and a new version where that needs one. */
async function withFields(session: SecretSession, record: SecretRecord, values: () => Promise<SecretValues>, request: SaveRequest): Promise<SecretChange> {
  // A value that is not a set of fields is not edited here.
  if (record.fields === null && request.fields.length === 0) return { record }
  const isManaged = record.secretType !== 'Generic'
  if (isManaged && !request.fields.some(({ isGiven }) => isGiven)) return { record }
  if (isManaged) throw new KmsError('UNSUPPORTED_OPERATION', 'The versions of a managed secret are made by its rotation.', { secretName: record.name })
  const current = await openMembers(session, record)
  try {
    const members = membersOfDraft(request, current)
    const fields = fieldsOfDraft(request)
    return await withData(members, (data) => {
      if (current && areSameMembers(members, current)) return { record: { ...record, ...fieldsOfValue(data, 'text', record, fields) } }
      return addVersion(session, record, values, { versionId: nextVersionId(record), data, dataType: 'text', stages: [currentStage], fields })
    })
  } finally {
    zeroMembers(current)
  }
}

async function openMembers(session: SecretSession, record: SecretRecord): Promise<JsonMember[] | null> {
  const version = currentVersionOf(record)
  if (!version || record.fields === null) return null
  const data = await openValue(session, record, version.versionId)
  const members = readStringObject(data)
  data.fill(0)
  return members
}

async function withData<T>(members: readonly JsonMember[], work: (data: Uint8Array) => T | Promise<T>): Promise<T> {
  const data = writeStringObject(members)
  try {
    checkVersion({ secretType: 'Generic' }, { versionId: 'v1', data, dataType: 'text' })
    return await work(data)
  } finally {
    data.fill(0)
  }
}

/** `v1`, `v2`...: one more than the highest, so that no number comes twice. */
export function nextVersionId({ versions }: Pick<SecretRecord, 'versions'>): string {
  const numbers = versions.map(({ versionId }) => Number(/^v(\d{1,9})$/.exec(versionId)?.[1] ?? 0))
  return `v${Math.max(versions.length, ...numbers) + 1}`
}

function toldBy({ template, description, tags, isFavourite, expiryDate }: SaveRequest): Told {
  return { template, description, tags: tagsOf(tags), isFavourite, expiresAt: timeOrNull('expiryDate', expiryDate) }
}

/** Whether nothing that a save can change differs. */
function isSame(a: SecretRecord, b: SecretRecord): boolean {
  const told = ({ name, template, description, tags, isFavourite, expiresAt, fields, publicValues }: SecretRecord) =>
    JSON.stringify([name, template, description, tags, isFavourite, expiresAt, fields, [...publicValues]])
  return told(a) === told(b)
}

function changedMeanwhile({ name }: SecretRecord): KmsError {
  return new KmsError('SECRET_CHANGED', 'The secret has another version by now.', { secretName: name })
}
