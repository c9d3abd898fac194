import type { Response } from '../../../src-shared/contract/operations'
import { keyVersionOf, newVersion } from './key-changes'
import { findKey, keyFor, metadataOf, nextVersionDate, versionsOf } from './key-views'
import { parseDuration } from '../../../src-shared/model/duration'
import { isSymmetric } from '../../../src-shared/model/key-specs'
import type { FakeSecret } from './sample-secrets'
import { activeSecret } from './secret-views'
import type { FakeKey, FakeOperations, FakeState } from './state'
import type { FakeToken } from './token-world'
import { refuse } from './refuse'

type LifeName =
  | 'getKeyDetails' | 'getKeyPlace' | 'previewKeyDeletion' | 'enableKey' | 'disableKey' | 'scheduleKeyDeletion' | 'cancelKeyDeletion' | 'setDeletionProtection'
  | 'updateRotationPolicy' | 'rotateKey' | 'createKeyVersion' | 'describeKeyVersion' | 'listKeyVersions' | 'setMinimumDecryptionVersion'
  | 'setKeyPolicy' | 'getKeyPolicy' | 'tagResource' | 'untagResource' | 'listResourceTags' | 'tagResources' | 'untagResources' | 'listTagResources'

/** States, versions, rotation and tags of the keys of the fake main. */
export function keyLifeOperations(state: FakeState, world: FakeToken): Pick<FakeOperations, LifeName> {
  const changed = (key: FakeKey) => {
    state.emit('keysChanged', { keyId: key.row.keyId })
    return {}
  }
  const tagsChanged = (resource: FakeKey | FakeSecret) => {
    if ('row' in resource) return changed(resource)
    state.emit('secretsChanged', { secretName: resource.name })
    return {}
  }
  const tagEntriesOf = (key: FakeKey) => key.tags.map((tag) => ({ TagKey: tag.key, TagValue: tag.value, keyId: key.row.keyId }))
  return {
    async getKeyDetails({ keyId }) {
      const key = findKey(state, keyId)
      return {
        keyMetadata: metadataOf(key), aliases: key.row.aliases, tags: key.tags, versions: versionsOf(key), lastUseDate: key.row.lastUseDate,
        nextVersionDate: nextVersionDate(key, state.nowMs), rotationIntervalSeconds: key.rotation.intervalSeconds, hasUnfinishedRotation: key.isUnfinished,
        certificateIds: state.certificates.filter((certificate) => certificate.keyId === key.row.keyId).map(({ certificateId }) => certificateId),
        wasImported: metadataOf(key).origin === 'EXTERNAL' && key.versions.length > 0,
      }
    },
    getKeyPlace: async ({ keyId }) => placeOf(findKey(state, keyId), world),
    async previewKeyDeletion({ keyId }) {
      const { row, uses } = findKey(state, keyId)
      return {
        files: uses.filter(({ kind }) => kind === 'file').length, ciphertexts: uses.filter(({ kind }) => kind === 'ciphertext').length,
        certificates: state.certificates.filter((certificate) => certificate.keyId === row.keyId).length, secrets: 0, aliases: row.aliases, lastUseDate: row.lastUseDate,
        examples: uses.slice(0, 10).map(({ name }) => name),
      }
    },
    async enableKey({ keyId }) {
      const key = keyFor(state, 'enableKey', keyId)
      key.row = { ...key.row, keyState: 'Enabled' }
      return changed(key)
    },
    async disableKey({ keyId }) {
      const key = keyFor(state, 'disableKey', keyId)
      key.row = { ...key.row, keyState: 'Disabled' }
      return changed(key)
    },
    async scheduleKeyDeletion({ keyId, pendingWindowInDays }) {
      const key = keyFor(state, 'scheduleKeyDeletion', keyId)
      if (key.metadata.deletionProtection === 'Enabled') refuse('DELETION_PROTECTED', { keyId: key.row.keyId })
      key.row = { ...key.row, keyState: 'PendingDeletion' }
      key.deletesAt = state.nowMs + pendingWindowInDays * 86_400_000
      return changed(key)
    },
    async cancelKeyDeletion({ keyId }) {
      const key = keyFor(state, 'cancelKeyDeletion', keyId)
      key.row = { ...key.row, keyState: key.versions.length === 0 ? 'PendingImport' : 'Enabled' }
      key.deletesAt = null
      return changed(key)
    },
    async setDeletionProtection({ keyId, protectedResourceArn, enableDeletionProtection, deletionProtectionDescription }) {
      const key = keyFor(state, 'setDeletionProtection', keyId ?? protectedResourceArn)
      const { deletionProtectionDescription: _before, ...metadata } = key.metadata
      key.metadata = { ...metadata, deletionProtection: enableDeletionProtection ? 'Enabled' : 'Disabled', ...(deletionProtectionDescription ? { deletionProtectionDescription } : {}) }
      return changed(key)
    },
    async updateRotationPolicy({ keyId, enableAutomaticRotation, rotationInterval }) {
      const key = keyFor(state, 'updateRotationPolicy', keyId)
      if (!isSymmetric(key.row.keySpec)) refuse('UNSUPPORTED_OPERATION')
      if (key.metadata.origin === 'EXTERNAL') refuse('UNSUPPORTED_ORIGIN')
      key.rotation = { isEnabled: enableAutomaticRotation, intervalSeconds: rotationInterval === undefined ? key.rotation.intervalSeconds : parseDuration(rotationInterval) }
      return changed(key)
    },
    async rotateKey({ keyId }) {
      const key = keyFor(state, 'rotateKey', keyId)
      if (!isSymmetric(key.row.keySpec)) refuse('UNSUPPORTED_OPERATION')
      const keyVersion = newVersion(key, state.nowMs)
      changed(key)
      return { keyVersion }
    },
    async createKeyVersion({ keyId }) {
      const key = keyFor(state, 'createKeyVersion', keyId)
      if (nextVersionDate(key, state.nowMs) !== null) refuse('LIMIT_EXCEEDED')
      const keyVersion = newVersion(key, state.nowMs)
      changed(key)
      return { keyVersion }
    },
    async describeKeyVersion({ keyId, keyVersionId }) {
      const key = findKey(state, keyId)
      return { keyVersion: keyVersionOf(key, key.versions.find((version) => version.keyVersionId === keyVersionId) ?? refuse('KEY_VERSION_NOT_FOUND')) }
    },
    async listKeyVersions({ keyId, pageNumber = 1, pageSize = 10 }) {
      const key = findKey(state, keyId)
      const keyVersions = key.versions.slice((pageNumber - 1) * pageSize, pageNumber * pageSize).map((version) => keyVersionOf(key, version))
      return { totalCount: key.versions.length, pageNumber, pageSize, keyVersions }
    },
    async setMinimumDecryptionVersion({ keyId, keyVersionId }) {
      const key = keyFor(state, 'setMinimumDecryptionVersion', keyId)
      const place = keyVersionId === undefined ? 0 : key.versions.findIndex((version) => version.keyVersionId === keyVersionId)
      if (place < 0) refuse('KEY_VERSION_NOT_FOUND')
      key.minimumVersion = place
      return changed(key)
    },
    async setKeyPolicy({ keyId }) {
      keyFor(state, 'setKeyPolicy', keyId)
      return {}
    },
    getKeyPolicy: async () => ({ policy: '{"Version":"1","Statement":[]}' }),
    async tagResource({ keyId, secretName, tags }) {
      const key = secretName === undefined ? keyFor(state, 'tagResource', keyId) : activeSecret(state, secretName)
      const kept = key.tags.filter((tag) => !tags.some(({ TagKey }) => TagKey === tag.key))
      if (kept.length + tags.length > 20) refuse('LIMIT_EXCEEDED', { limit: 20 })
      key.tags = [...kept, ...tags.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue }))].toSorted((a, b) => a.key.localeCompare(b.key))
      return tagsChanged(key)
    },
    async untagResource({ keyId, secretName, tagKeys }) {
      const key = secretName === undefined ? keyFor(state, 'untagResource', keyId) : activeSecret(state, secretName)
      key.tags = key.tags.filter((tag) => !tagKeys.includes(tag.key))
      return tagsChanged(key)
    },
    listResourceTags: async ({ keyId }) => ({ tags: tagEntriesOf(findKey(state, keyId)) }),
    tagResources: async () => ({}),
    untagResources: async () => ({}),
    listTagResources: async () => ({ tagResources: [] }),
  }
}

/** HSM keys of the fake main are on the token that it has from the start. */
function placeOf({ row }: FakeKey, { token }: FakeToken): Response<'getKeyPlace'> {
  if (row.protectionLevel === 'SOFTWARE') return { place: 'vault', token: null, availability: 'ready' }
  return { place: 'token', token: { label: token.label, serial: token.serial, product: 'SoftHSM', isSoftware: token.isSoftware }, availability: token.login === 'user' ? 'ready' : 'login-needed' }
}
