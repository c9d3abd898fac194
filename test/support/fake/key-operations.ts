import type { KeySortColumn } from '../../../src-shared/contract/key-window'
import { aliasPrefix, aliasProblem } from '../../../src-shared/model/alias'
import { parseDuration } from '../../../src-shared/model/duration'
import { defaultKeyUsage, isAsymmetric, isSymmetric, keySpecInfos } from '../../../src-shared/model/key-specs'
import { canRotateAutomatically } from '../../../src-shared/model/rotation'
import { findKey, keyFor, metadataOf, rowOf } from './key-views'
import { sampleId, sampleVersions } from './sample-keys'
import { wait, type FakeKey, type FakeOperations, type FakeState } from './state'
import type { FakeToken } from './token-world'
import { refuse } from './refuse'

type KeyName =
  | 'createKey' | 'describeKey' | 'listKeys' | 'updateKeyDescription' | 'createAlias' | 'updateAlias' | 'deleteAlias' | 'listAliases' | 'listAliasesByKeyId'
  | 'encrypt' | 'decrypt' | 'searchKeys'

/** Keys and aliases of the fake main; its "encryption" only turns the bytes round. */
export function keyOperations(state: FakeState, token: FakeToken): Pick<FakeOperations, KeyName> {
  const changed = (key: FakeKey) => state.emit('keysChanged', { keyId: key.row.keyId })
  const ownerOf = (bare: string) => state.keys.find(({ row }) => row.aliases.includes(bare))
  const bareOf = (aliasName: string) => {
    const problem = aliasProblem(aliasName)
    return problem === null ? aliasName.slice(aliasPrefix.length) : refuse('INVALID_PARAMETER', { fields: [{ field: 'aliasName', problem }] })
  }
  const addAlias = (key: FakeKey, bare: string) => (key.row = { ...key.row, aliases: [...key.row.aliases, bare].toSorted() })
  const dropAlias = (key: FakeKey, bare: string) => (key.row = { ...key.row, aliases: key.row.aliases.filter((alias) => alias !== bare) })
  const aliasEntries = (keys: readonly FakeKey[]) =>
    keys.flatMap(({ row }) => row.aliases.map((alias) => ({ aliasName: aliasPrefix + alias, aliasArn: `acs:kms:local:8f14e45fceea167a:alias/${alias}`, keyId: row.keyId })))
  const sortValue = (column: KeySortColumn, key: FakeKey): string => (column === 'alias' ? (key.row.aliases[0] ?? '') : (rowOf(key)[column] ?? ''))

  return {
    async createKey(request) {
      const { keySpec = 'Aliyun_AES_256', keyUsage = defaultKeyUsage(keySpec), origin = 'Aliyun_KMS', exportable = false } = request
      if (!keySpecInfos[keySpec].usages.includes(keyUsage)) refuse('UNSUPPORTED_OPERATION')
      const { protectionLevel = 'SOFTWARE' } = request
      const dKMSInstanceId = protectionLevel === 'HSM' ? token.instanceFor(keySpec, request.dKMSInstanceId) : 'v-1'
      if (request.enableAutomaticRotation && !canRotateAutomatically(keySpec, origin)) refuse('UNSUPPORTED_OPERATION')
      if (exportable && !isAsymmetric(keySpec)) refuse('UNSUPPORTED_OPERATION')
      if (keySpec.startsWith('RSA')) await wait(state.kdfMs * (keySpec === 'RSA_4096' ? 4 : 1))
      const keyId = sampleId(90_000 + state.keys.length)
      const creationDate = new Date(state.nowMs).toISOString()
      const versions = origin === 'EXTERNAL' ? [] : sampleVersions(keySpec, 91_000 + state.keys.length, state.nowMs, [0]).map((version) => ({ ...version, lastUseDate: null, encryptions: 0 }))
      const shared = {
        keyId, creationDate, description: request.description ?? '', keySpec, keyUsage, keyState: origin === 'EXTERNAL' ? 'PendingImport' : 'Enabled', protectionLevel,
      } as const
      const key: FakeKey = {
        row: { ...shared, aliases: [], lastUseDate: null },
        metadata: {
          ...shared, arn: `acs:kms:local:8f14e45fceea167a:key/${keyId}`, origin, creator: 'window', lastRotationDate: creationDate, materialExpireTime: '',
          deletionProtection: 'Disabled', dKMSInstanceId, exportable, ...(isSymmetric(keySpec) && versions[0] ? { primaryKeyVersion: versions[0].keyVersionId } : {}),
        },
        tags: (request.tags ?? []).map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })),
        rotation: { isEnabled: request.enableAutomaticRotation ?? false, intervalSeconds: request.rotationInterval === undefined ? null : parseDuration(request.rotationInterval) },
        deletesAt: null, versions, minimumVersion: 0, isUnfinished: false, uses: [],
      }
      state.keys = [key, ...state.keys]
      changed(key)
      return { keyMetadata: metadataOf(key) }
    },
    describeKey: async ({ keyId }) => ({ keyMetadata: metadataOf(findKey(state, keyId)) }),
    async listKeys({ pageNumber = 1, pageSize = 10 }) {
      const keys = state.keys.slice((pageNumber - 1) * pageSize, pageNumber * pageSize).map(({ metadata }) => ({ keyId: metadata.keyId, keyArn: metadata.arn }))
      return { totalCount: state.keys.length, pageNumber, pageSize, keys }
    },
    async updateKeyDescription({ keyId, description }) {
      const key = keyFor(state, 'updateKeyDescription', keyId)
      key.row = { ...key.row, description }
      changed(key)
      return {}
    },
    async createAlias({ aliasName, keyId }) {
      const bare = bareOf(aliasName)
      const owner = ownerOf(bare)
      if (owner) refuse('ALIAS_EXISTS', { keyId: owner.row.keyId })
      const key = keyFor(state, 'createAlias', keyId)
      addAlias(key, bare)
      changed(key)
      return {}
    },
    async updateAlias({ aliasName, keyId }) {
      const bare = bareOf(aliasName)
      const owner = ownerOf(bare) ?? refuse('ALIAS_NOT_FOUND')
      const key = keyFor(state, 'updateAlias', keyId)
      dropAlias(owner, bare)
      addAlias(key, bare)
      changed(owner)
      changed(key)
      return {}
    },
    async deleteAlias({ aliasName }) {
      const bare = bareOf(aliasName)
      const owner = ownerOf(bare) ?? refuse('ALIAS_NOT_FOUND')
      dropAlias(owner, bare)
      changed(owner)
      return {}
    },
    async listAliases({ pageNumber = 1, pageSize = 10 }) {
      const all = aliasEntries(state.keys)
      return { totalCount: all.length, pageNumber, pageSize, aliases: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize) }
    },
    async listAliasesByKeyId({ keyId, pageNumber = 1, pageSize = 10 }) {
      const all = aliasEntries([findKey(state, keyId)])
      return { totalCount: all.length, pageNumber, pageSize, aliases: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize) }
    },
    async encrypt({ keyId, plaintext }) {
      const { row, metadata } = keyFor(state, 'encrypt', keyId)
      return { keyId: row.keyId, keyVersionId: metadata.primaryKeyVersion, ciphertextBlob: plaintext.toReversed() }
    },
    async decrypt({ ciphertextBlob }) {
      const first = state.keys[0] ?? refuse('INVALID_CIPHERTEXT')
      return { keyId: first.row.keyId, keyVersionId: first.metadata.primaryKeyVersion, plaintext: ciphertextBlob.toReversed() }
    },
    async searchKeys({ offset = 0, count = 100, search = '', sortBy = 'creationDate', descending = true, keyStates = [], keySpecs = [], protectionLevels = [] }) {
      const wanted = search.toLowerCase()
      const fits = <T>(chosen: readonly T[], value: T) => chosen.length === 0 || chosen.includes(value)
      const found = state.keys.filter(
        ({ row }) =>
          fits(keyStates, row.keyState) && fits(keySpecs, row.keySpec) && fits(protectionLevels, row.protectionLevel) &&
          `${row.aliases.join(' ')} ${row.keyId} ${row.description}`.toLowerCase().includes(wanted),
      )
      const ordered = found.toSorted((a, b) => sortValue(sortBy, a).localeCompare(sortValue(sortBy, b)))
      if (descending) ordered.reverse()
      return { total: ordered.length, rows: ordered.slice(offset, offset + count).map(rowOf) }
    },
  }
}
