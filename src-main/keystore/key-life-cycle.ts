import { aliasProblem } from '../../src-shared/model/alias'
import type { Caller } from '../../src-shared/model/caller'
import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { KeyEntry } from './key-index'
import { newKeyId, newKeyVersionId } from './key-ids'
import { keyMetadataOf } from './key-metadata'
import { decodeKeyRecord, encodeKeyRecord, type KeyRecord } from './key-record'
import { primaryVersion, requireState, type KeySession } from './key-session'
import { damagedRow } from './stored-row'

const creatorChars = 256

/**
 * CreateKey (kms-api 1.8): metadata and the material of the first version in one transaction.
 * INVALID_PARAMETER (keyUsage that the spec does not have), UNSUPPORTED_ORIGIN, UNSUPPORTED_PROTECTION_LEVEL.
 */
export function createKey(session: KeySession, caller: Caller, request: Request<'createKey'>): Promise<Response<'createKey'>> {
  return session.changes.run(async () => {
    requireCreatable(request)
    const record = newRecord(session, caller, request)
    await session.records.mutate(caller, record.keyId, async (tx) => {
      await session.provider.createMaterial(tx, primaryVersion(record))
      await tx.put('key', record.keyId, null, encodeKeyRecord(record))
    })
    session.index.put(record, null)
    return { keyMetadata: keyMetadataOf(session.records.vaultId, record) }
  })
}

/** UpdateKeyDescription: replaces the whole text. Gives the id of the key. */
export function updateKeyDescription(session: KeySession, caller: Caller, request: Request<'updateKeyDescription'>): Promise<string> {
  return session.changes.run(async () => {
    const entry = session.resolve(request.keyId)
    return session.audited(caller, entry.keyId, async () => {
      requireState(entry.record, 'updateKeyDescription')
      await change(session, caller, entry, (record) => ({ ...record, description: request.description }))
      return entry.keyId
    })
  })
}

/**
 * CreateAlias: gives a key one more name, unique in the vault. INVALID_PARAMETER (aliasName), ALIAS_EXISTS.
 * Gives the id of the key.
 */
export function createAlias(session: KeySession, caller: Caller, request: Request<'createAlias'>): Promise<string> {
  return session.changes.run(async () => {
    const { aliasName } = request
    const problem = aliasProblem(aliasName)
    if (problem !== null) throw invalidParameter('aliasName', problem)
    const entry = session.resolve(request.keyId)
    return session.audited(caller, entry.keyId, async () => {
      requireState(entry.record, 'createAlias')
      if (session.index.byAlias(aliasName)) throw new KmsError('ALIAS_EXISTS', 'The specified alias already exists.')
      await change(session, caller, entry, (record) => ({ ...record, aliases: [...record.aliases, aliasName].sort() }))
      return entry.keyId
    })
  })
}

/** Changes the row as it is in the store, then the index; nothing in memory when the transaction fails. */
async function change(session: KeySession, caller: Caller, { keyId }: KeyEntry, edit: (record: KeyRecord) => KeyRecord): Promise<void> {
  const changed = await session.records.mutate(caller, keyId, async (tx) => {
    const row = await tx.read('key', keyId)
    if (row === null) throw damagedRow('key without its record')
    const record = edit(decodeKeyRecord(row))
    await tx.put('key', keyId, null, encodeKeyRecord(record))
    return record
  })
  session.index.put(changed, session.usage.lastUseAt(keyId))
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
    keyUsage: request.keyUsage ?? 'ENCRYPT/DECRYPT',
    origin: request.origin,
    protectionLevel: request.protectionLevel,
    keyState: 'Enabled',
    description: request.description,
    creator: caller.client.slice(0, creatorChars),
    createdAt,
    primaryVersionId: version.keyVersionId,
    versions: [version],
    aliases: [],
  }
}
