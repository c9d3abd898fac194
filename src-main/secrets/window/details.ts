import type { SecretFieldView } from '../../../src-shared/contract/secret-window'
import type { Request, Response } from '../../../src-shared/contract/operations'
import { isKmsError } from '../../../src-shared/errors'
import { bareAlias } from '../../../src-shared/model/alias'
import type { Caller } from '../../../src-shared/model/caller'
import type { SecretField } from '../../../src-shared/model/secrets'
import { isoOrNull } from '../../keystore/key-metadata'
import { secretArn } from '../arn'
import { readStringObject, zeroMembers } from '../json-bytes'
import { nextSecretRotationAt, type SecretRecord } from '../secret-record'
import type { SecretSession } from '../secret-session'
import { openValue } from '../secret-values'
import { attachmentViewOf, currentVersionOf, secretRowOf, versionViewOf } from './views'

/** Everything that the page of a secret shows; also of one in the recycle bin. SECRET_NOT_FOUND. */
export async function getSecretDetails(session: SecretSession, _caller: Caller, { secretName }: Request<'getSecretDetails'>): Promise<Response<'getSecretDetails'>> {
  const { record } = session.resolve(secretName)
  const { extendedConfig, rotation, fields } = record
  return {
    row: secretRowOf(record, session.nowMs()),
    arn: secretArn(session.vaultId, record.name),
    creator: record.creator,
    encryptionKeyId: record.keyId,
    encryptionKeyName: keyNameOf(session, record.keyId),
    extendedConfig: extendedConfig === null ? null : JSON.stringify(extendedConfig),
    fields: fields && (await fieldViews(session, record, fields)),
    dataType: currentVersionOf(record)?.dataType ?? 'text',
    versions: record.versions.map(versionViewOf),
    attachments: record.attachments.map(attachmentViewOf),
    rotation: {
      isEnabled: rotation.isEnabled,
      intervalSeconds: rotation.intervalSeconds,
      lastRotationDate: isoOrNull(rotation.lastRotatedAt),
      nextRotationDate: isoOrNull(nextSecretRotationAt(record)),
      hasTarget: record.hasTarget,
      isInvalid: rotation.isInvalid,
    },
  }
}

function keyNameOf({ keys }: SecretSession, keyId: string): string {
  const [alias] = keys.index.byId(keyId)?.record.aliases ?? []
  return alias === undefined ? keyId : bareAlias(alias)
}

async function fieldViews(session: SecretSession, record: SecretRecord, fields: readonly SecretField[]): Promise<SecretFieldView[]> {
  const filled = fields.some(({ isSecret }) => isSecret) ? await filledFields(session, record) : null
  return fields.map(({ name, kind, isSecret }) => {
    if (isSecret) return { name, kind, isSecret, value: null, hasValue: filled?.has(name) ?? true }
    const value = record.publicValues.get(name) ?? null
    return { name, kind, isSecret, value, hasValue: value !== null && value !== '' }
  })
}

/**
 * The names of the fields that hold something. Looking is no use of the secret and counts as none. Null when the value
 * does not open now: its key may be disabled, and the page shows the secret all the same.
 */
async function filledFields(session: SecretSession, record: SecretRecord): Promise<ReadonlySet<string> | null> {
  const version = currentVersionOf(record)
  if (!version || record.deletesAt !== null) return null
  try {
    const data = await openValue(session.rehearsal({ record: () => undefined }), record, version.versionId)
    const members = readStringObject(data)
    data.fill(0)
    const filled = new Set(members?.filter(({ value }) => value.length > 0).map(({ name }) => name))
    zeroMembers(members)
    return filled
  } catch (error) {
    if (isKmsError(error) && error.code.startsWith('KEY_')) return null
    throw error
  }
}
