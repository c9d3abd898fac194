import type { KeyVersion } from '../../src-shared/contract/keys'
import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { secondsPerDay } from '../../src-shared/model/duration'
import { isAsymmetric, isSymmetric } from '../../src-shared/model/key-specs'
import { limits } from '../../src-shared/model/limits'
import type { StateOperation } from '../../src-shared/model/state-table'
import { changeKey, editKey } from './change-key'
import { newKeyVersionId } from './key-ids'
import { versionNotFound } from './key-checks'
import type { KeyEntry } from './key-index'
import { isoSeconds } from './key-metadata'
import type { KeyVersionRef, NewMaterial, TokenPlace } from './key-provider'
import { lastRotationAt, placeOfVersion, type KeyRecord, type KeyVersionRecord } from './key-record'
import { primaryVersion, requireUsable, versionOf, type KeySession } from './key-session'
import { pageOf } from './pages'

/**
 * CreateKeyVersion: a new version of an asymmetric key (kms-api 1.5). State codes, UNSUPPORTED_OPERATION,
 * UNSUPPORTED_ORIGIN, LIMIT_EXCEEDED for the 51st version and within seven days of the last one.
 */
function createKeyVersion(session: KeySession, caller: Caller, { keyId }: Request<'createKeyVersion'>): Promise<Response<'createKeyVersion'>> {
  return makeVersion(session, caller, keyId, 'createKeyVersion', (record) => requireNextVersion(record, session.nowMs()))
}

/** DescribeKeyVersion. KEY_VERSION_NOT_FOUND. */
function describeKeyVersion(session: KeySession, _caller: Caller, request: Request<'describeKeyVersion'>): Response<'describeKeyVersion'> {
  const { record } = session.resolve(request.keyId)
  const version = record.versions[placeOfVersion(record, request.keyVersionId)]
  if (!version) throw versionNotFound(record.keyId)
  return { keyVersion: keyVersionOf(record.keyId, version) }
}

/** ListKeyVersions: oldest first. */
function listKeyVersions(session: KeySession, _caller: Caller, { keyId, pageNumber, pageSize }: Request<'listKeyVersions'>): Response<'listKeyVersions'> {
  const { record } = session.resolve(keyId)
  const keyVersions = pageOf(record.versions, pageNumber, pageSize).map((version) => keyVersionOf(record.keyId, version))
  return { totalCount: record.versions.length, pageNumber, pageSize, keyVersions }
}

/**
 * Not of the KMS API: versions older than the one named no longer decrypt; absent: all do again. Nothing is destroyed.
 * KEY_VERSION_NOT_FOUND, UNSUPPORTED_OPERATION, INVALID_PARAMETER for a version newer than the primary one.
 */
function setMinimumDecryptionVersion(session: KeySession, caller: Caller, request: Request<'setMinimumDecryptionVersion'>): Promise<Response<'setMinimumDecryptionVersion'>> {
  return changeKey(session, caller, request.keyId, 'setMinimumDecryptionVersion', (record) => {
    if (!isSymmetric(record.keySpec)) throw unsupported(record, 'Only versions of symmetric keys can be retired.')
    const minimumVersion = request.keyVersionId === undefined ? 0 : placeOfVersion(record, request.keyVersionId)
    if (minimumVersion < 0) throw versionNotFound(record.keyId)
    if (minimumVersion > placeOfVersion(record, record.primaryVersionId)) throw invalidParameter('keyVersionId', 'must not be newer than the primary version')
    return { ...record, minimumVersion }
  })
}

/**
 * Makes a version with new material for `operation`, which the state must allow and `check` may refuse. Material that
 * takes long (RSA) keeps no other change waiting, so both are asked again when it is there.
 */
export async function makeVersion(
  session: KeySession,
  caller: Caller,
  reference: string,
  operation: StateOperation,
  check: (record: KeyRecord) => void,
): Promise<{ keyVersion: KeyVersion }> {
  const { keyId } = session.resolve(reference)
  const checked = () => {
    const entry = session.resolve(keyId)
    requireUsable(session, entry.record, operation)
    check(entry.record)
    return entry
  }
  return session.audited(caller, keyId, async () => {
    const next = await makeMaterial(session, checked().record)
    try {
      const version = await session.changes.run(async () => writeVersion(session, caller, checked(), next))
      return { keyVersion: keyVersionOf(keyId, version) }
    } finally {
      await next.material.destroy()
    }
  })
}

/** A version to be, and its material, which is the caller's to destroy. */
export interface NextVersion {
  version: KeyVersionRef
  material: NewMaterial
}

/** Makes material for the next version of a key, in the place where that of the others is. Codes of KeyProvider. */
export async function makeMaterial(session: KeySession, record: KeyRecord): Promise<NextVersion> {
  const version = versionOf(record, newKeyVersionId(record.keyId))
  const token = await session.provider.tokenOf(primaryVersion(record))
  const place: TokenPlace | null = token && { token, keyUsage: record.keyUsage }
  return { version, material: await session.provider.generate(version, place) }
}

/** Adds a version with that material, which becomes the primary one; for callers that have queued and checked. */
export async function writeVersion(session: KeySession, caller: Caller, entry: KeyEntry, { version: { keyVersionId }, material }: NextVersion): Promise<KeyVersionRecord> {
  const version = { keyVersionId, createdAt: session.nowMs() }
  await editKey(session, caller, entry, async (record, tx) => {
    await session.provider.store(tx, versionOf(record, keyVersionId), material)
    return { ...record, versions: [...record.versions, version], primaryVersionId: keyVersionId }
  })
  material.keep()
  return version
}

/** Milliseconds since the epoch when the next version of an asymmetric key may be made; null: never, or not by hand. */
export function nextVersionAt(record: KeyRecord): number | null {
  if (!isAsymmetric(record.keySpec) || record.origin === 'EXTERNAL' || record.versions.length >= limits.asymmetricVersions) return null
  return lastRotationAt(record) + limits.asymmetricVersionGapDays * secondsPerDay * 1000
}

function requireNextVersion(record: KeyRecord, nowMs: number): void {
  const { keyId } = record
  if (!isAsymmetric(record.keySpec)) throw unsupported(record, 'Only asymmetric keys take versions by hand.')
  if (record.origin === 'EXTERNAL') throw new KmsError('UNSUPPORTED_ORIGIN', 'A key whose material was imported has one version for life.', { keyId })
  const nextAt = nextVersionAt(record)
  if (nextAt === null) throw new KmsError('LIMIT_EXCEEDED', 'The key has as many versions as it can have.', { keyId, limit: limits.asymmetricVersions })
  if (nextAt > nowMs) {
    throw new KmsError('LIMIT_EXCEEDED', 'The last version of the key is too young for another one.', { keyId, limit: limits.asymmetricVersionGapDays })
  }
}

function keyVersionOf(keyId: string, { keyVersionId, createdAt }: KeyVersionRecord): KeyVersion {
  return { keyId, keyVersionId, creationDate: isoSeconds(createdAt) }
}

function unsupported({ keyId }: KeyRecord, message: string): KmsError {
  return new KmsError('UNSUPPORTED_OPERATION', message, { keyId })
}

export const versionOperations = { createKeyVersion, describeKeyVersion, listKeyVersions, setMinimumDecryptionVersion }
