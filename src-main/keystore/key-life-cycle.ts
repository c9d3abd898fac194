import type { Caller } from '../../src-shared/model/caller'
import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import { defaultKeyUsage } from '../../src-shared/model/key-specs'
import { changeKey } from './change-key'
import { newKeyId, newKeyVersionId } from './key-ids'
import { keyMetadataOf } from './key-metadata'
import { encodeKeyRecord, type KeyRecord } from './key-record'
import { plainKey } from './key-record-extras'
import { primaryVersion, type KeySession } from './key-session'

const creatorChars = 256

/**
 * CreateKey (kms-api 1.8): metadata and the material of the first version in one transaction.
 * INVALID_PARAMETER (keyUsage that the spec does not have), UNSUPPORTED_ORIGIN, UNSUPPORTED_PROTECTION_LEVEL.
 */
async function createKey(session: KeySession, caller: Caller, request: Request<'createKey'>): Promise<Response<'createKey'>> {
  requireCreatable(request)
  const material = await session.provider.generate(request.keySpec)
  return session.changes.run(async () => {
    const record = newRecord(session, caller, request)
    await session.records.mutate(caller, record.keyId, async (tx) => {
      await session.provider.store(tx, primaryVersion(record), material)
      await tx.put('key', record.keyId, null, encodeKeyRecord(record))
    })
    session.index.put(record, null)
    session.changed(record.keyId)
    return { keyMetadata: keyMetadataOf(session.records.vaultId, record) }
  }).finally(() => material.destroy())
}

/** UpdateKeyDescription: replaces the whole text. KEY_PENDING_DELETION. */
function updateKeyDescription(session: KeySession, caller: Caller, request: Request<'updateKeyDescription'>): Promise<Response<'updateKeyDescription'>> {
  return changeKey(session, caller, request.keyId, 'updateKeyDescription', (record) => ({ ...record, description: request.description }))
}

function requireCreatable({ keySpec, keyUsage, origin, protectionLevel }: Request<'createKey'>): void {
  if (keyUsage === 'SIGN/VERIFY') {
    throw invalidParameter('keyUsage', `a key of the spec ${keySpec} cannot sign; its usage is ENCRYPT/DECRYPT`)
  }
  if (origin === 'EXTERNAL') {
    throw new KmsError('UNSUPPORTED_ORIGIN', 'Importing key material is not supported: Origin must be Aliyun_KMS.')
  }
  if (protectionLevel === 'HSM') {
    throw new KmsError('UNSUPPORTED_PROTECTION_LEVEL', 'Hardware keys are not supported: ProtectionLevel must be SOFTWARE.')
  }
}

function newRecord(session: KeySession, caller: Caller, request: Request<'createKey'>): KeyRecord {
  const keyId = newKeyId()
  const createdAt = session.clock.nowMs()
  const version = { keyVersionId: newKeyVersionId(keyId), createdAt }
  return {
    keyId,
    ordinal: session.index.nextOrdinal,
    keySpec: request.keySpec,
    keyUsage: request.keyUsage ?? defaultKeyUsage(request.keySpec),
    origin: request.origin,
    protectionLevel: request.protectionLevel,
    keyState: 'Enabled',
    description: request.description,
    creator: caller.client.slice(0, creatorChars),
    createdAt,
    primaryVersionId: version.keyVersionId,
    versions: [version],
    aliases: [],
    ...plainKey,
    isExportable: request.exportable,
  }
}

export const lifeCycleOperations = { createKey, updateKeyDescription }
