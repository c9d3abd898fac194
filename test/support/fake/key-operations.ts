import type { Bridge } from '../../../src-shared/contract/bridge'
import type { KeySortColumn } from '../../../src-shared/contract/key-window'
import { aliasPrefix, aliasProblem } from '../../../src-shared/model/alias'
import { sampleId } from './sample-keys'
import type { FakeState } from './state'
import { refuse } from './vault-operations'

type Operations = { [N in keyof Bridge['operations']]: (request: Parameters<Bridge['operations'][N]>[0]) => Promise<unknown> }
type KeyName = 'createKey' | 'describeKey' | 'listKeys' | 'updateKeyDescription' | 'createAlias' | 'listAliases' | 'encrypt' | 'decrypt' | 'searchKeys'

/** Keys of the fake main; its "encryption" only turns the bytes round. */
export function keyOperations(state: FakeState): Pick<Operations, KeyName> {
  const find = (reference: string) =>
    state.keys.find(({ row }) => row.keyId === reference || row.aliases.some((alias) => aliasPrefix + alias === reference)) ?? refuse('KEY_NOT_FOUND')
  const sortValue = (column: KeySortColumn, index: number): string => {
    const row = state.keys[index]?.row
    return column === 'alias' ? (row?.aliases[0] ?? '') : (row?.[column] ?? '')
  }
  return {
    async createKey(request) {
      const keyId = sampleId(90_000 + state.keys.length)
      const creationDate = new Date(state.nowMs).toISOString()
      const shared = {
        keyId, creationDate, description: request.description ?? '', keySpec: 'Aliyun_AES_256', keyUsage: 'ENCRYPT/DECRYPT', keyState: 'Enabled', protectionLevel: 'SOFTWARE',
      } as const
      const metadata = {
        ...shared, arn: `acs:kms:local:8f14e45fceea167a:key/${keyId}`, origin: 'Aliyun_KMS', creator: 'window', primaryKeyVersion: sampleId(91_000),
        automaticRotation: 'Disabled', lastRotationDate: creationDate, materialExpireTime: '', deletionProtection: 'Disabled',
      } as const
      state.keys = [{ row: { ...shared, aliases: [], lastUseDate: null }, metadata }, ...state.keys]
      state.emit('keysChanged', { keyId })
      return { keyMetadata: metadata }
    },
    describeKey: async ({ keyId }) => ({ keyMetadata: find(keyId).metadata }),
    async listKeys({ pageNumber = 1, pageSize = 10 }) {
      const keys = state.keys.slice((pageNumber - 1) * pageSize, pageNumber * pageSize).map(({ metadata }) => ({ keyId: metadata.keyId, keyArn: metadata.arn }))
      return { totalCount: state.keys.length, pageNumber, pageSize, keys }
    },
    async updateKeyDescription({ keyId, description }) {
      const key = find(keyId)
      key.row = { ...key.row, description }
      key.metadata = { ...key.metadata, description }
      state.emit('keysChanged', { keyId: key.row.keyId })
      return {}
    },
    async createAlias({ aliasName, keyId }) {
      const problem = aliasProblem(aliasName)
      if (problem !== null) refuse('INVALID_PARAMETER', { fields: [{ field: 'aliasName', problem }] })
      const bare = aliasName.slice(aliasPrefix.length)
      if (state.keys.some(({ row }) => row.aliases.includes(bare))) refuse('ALIAS_EXISTS')
      const key = find(keyId)
      key.row = { ...key.row, aliases: [...key.row.aliases, bare].toSorted() }
      state.emit('keysChanged', { keyId: key.row.keyId })
      return {}
    },
    async listAliases({ pageNumber = 1, pageSize = 10 }) {
      const all = state.keys.flatMap(({ row }) =>
        row.aliases.map((alias) => ({ aliasName: aliasPrefix + alias, aliasArn: `acs:kms:local:8f14e45fceea167a:alias/${alias}`, keyId: row.keyId })),
      )
      return { totalCount: all.length, pageNumber, pageSize, aliases: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize) }
    },
    async encrypt({ keyId, plaintext }) {
      const { row, metadata } = find(keyId)
      if (row.keyState === 'Disabled') refuse('KEY_DISABLED')
      return { keyId: row.keyId, keyVersionId: metadata.primaryKeyVersion, ciphertextBlob: plaintext.toReversed() }
    },
    async decrypt({ ciphertextBlob }) {
      const first = state.keys[0] ?? refuse('INVALID_CIPHERTEXT')
      return { keyId: first.row.keyId, keyVersionId: first.metadata.primaryKeyVersion, plaintext: ciphertextBlob.toReversed() }
    },
    async searchKeys({ offset = 0, count = 100, search = '', sortBy = 'creationDate', descending = true }) {
      const wanted = search.toLowerCase()
      const order = state.keys.map((_, index) => index).toSorted((a, b) => sortValue(sortBy, a).localeCompare(sortValue(sortBy, b)))
      if (descending) order.reverse()
      const rows = order
        .map((index) => state.keys[index]?.row)
        .filter((row) => row !== undefined)
        .filter((row) => `${row.aliases.join(' ')} ${row.keyId} ${row.description}`.toLowerCase().includes(wanted))
      return { total: rows.length, rows: rows.slice(offset, offset + count) }
    },
  }
}
