import type { KeyVersionDetails } from '../../src-shared/contract/key-window'
import type { Request, Response } from '../../src-shared/contract/operations'
import { bareAlias } from '../../src-shared/model/alias'
import type { Caller } from '../../src-shared/model/caller'
import { isSymmetric } from '../../src-shared/model/key-specs'
import { limits } from '../../src-shared/model/limits'
import { isoOrNull, isoSeconds, keyMetadataOf } from './key-metadata'
import type { KeyRecord } from './key-record'
import { effectiveState, type KeySession } from './key-session'
import { nextVersionAt } from './key-versions'
import { countsByVersion, previewOf } from './where-used-operations'

/** GetKeyDetails: all that the page of a key shows. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
async function getKeyDetails(session: KeySession, _caller: Caller, request: Request<'getKeyDetails'>): Promise<Response<'getKeyDetails'>> {
  const { keyId } = session.resolve(request.keyId)
  const [uses, run, certificateIds] = await Promise.all([
    countsByVersion(session, keyId),
    session.records.read('rotation-run', keyId),
    certificateIdsOf(session, keyId),
  ])
  // Found again: it may have changed, or gone, while the rows were read.
  const { record, lastUseAt } = session.resolve(keyId)
  const nextVersion = nextVersionAt(record)
  return {
    keyMetadata: keyMetadataOf(session.records.vaultId, record, effectiveState(record, session.nowMs())),
    aliases: record.aliases.map(bareAlias),
    tags: record.tags.map(({ key, value }) => ({ key, value })),
    versions: versionsOf(session, record, uses),
    lastUseDate: isoOrNull(lastUseAt),
    nextVersionDate: nextVersion !== null && nextVersion > session.nowMs() ? isoSeconds(nextVersion) : null,
    rotationIntervalSeconds: record.rotation.intervalSeconds,
    hasUnfinishedRotation: run !== null,
    certificateIds,
    wasImported: record.importedMaterial.fingerprint !== null,
  }
}

/** PreviewKeyDeletion: what would become unreadable, but for secrets, which the secret manager counts. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
async function previewKeyDeletion(session: KeySession, _caller: Caller, request: Request<'previewKeyDeletion'>): Promise<Response<'previewKeyDeletion'>> {
  const { keyId } = session.resolve(request.keyId)
  const [uses, certificateIds] = await Promise.all([previewOf(session, keyId), certificateIdsOf(session, keyId)])
  const { record, lastUseAt } = session.resolve(keyId)
  return { ...uses, certificates: certificateIds.length, secrets: 0, aliases: record.aliases.map(bareAlias), lastUseDate: isoOrNull(lastUseAt) }
}

function versionsOf(session: KeySession, record: KeyRecord, uses: ReadonlyMap<string, number>): KeyVersionDetails[] {
  return record.versions.map(({ keyVersionId, createdAt }, place) => {
    const { encryptions, lastUseAt } = session.usage.ofVersion(keyVersionId)
    return {
      keyVersionId,
      creationDate: isoSeconds(createdAt),
      isPrimary: isSymmetric(record.keySpec) && keyVersionId === record.primaryVersionId,
      isRetired: place < record.minimumVersion,
      encryptions,
      isNearlyExhausted: encryptions >= limits.gcmUsesWarning,
      lastUseDate: isoOrNull(lastUseAt),
      uses: uses.get(keyVersionId) ?? 0,
    }
  })
}

async function certificateIdsOf({ certificates }: KeySession, keyId: string): Promise<string[]> {
  return (await certificates.ofKey(keyId)).map(({ certificateId }) => certificateId)
}

export const detailOperations = { getKeyDetails, previewKeyDeletion }
