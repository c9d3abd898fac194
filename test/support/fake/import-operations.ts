import { sampleId, sampleVersions } from './sample-keys'
import { findKey, keyFor, metadataOf } from './key-views'
import { fakeHandle } from './file-operations'
import { inspected } from './inspections'
import type { FakeKey, FakeOperations, FakeState } from './state'
import { refuse } from './refuse'

type ImportName =
  | 'getParametersForImport' | 'importKeyMaterial' | 'deleteKeyMaterial' | 'rehearseImport' | 'importPrivateKey' | 'exportPrivateKey' | 'inspectBlob'
  | 'readChosenFile' | 'saveChosenFile' | 'chooseSaveTarget'

/** Import, export and inspection of the fake main. */
export function importOperations(state: FakeState): Pick<FakeOperations, ImportName> {
  const changed = (key: FakeKey) => {
    state.emit('keysChanged', { keyId: key.row.keyId })
    return {}
  }
  const external = (keyId: string, operation: 'getParametersForImport' | 'importKeyMaterial' | 'deleteKeyMaterial') => {
    const key = keyFor(state, operation, keyId)
    return key.metadata.origin === 'EXTERNAL' ? key : refuse('UNSUPPORTED_ORIGIN')
  }
  return {
    async getParametersForImport({ keyId, wrappingAlgorithm }) {
      if (wrappingAlgorithm === 'RSAES_PKCS1_V1_5') refuse('UNSUPPORTED_WRAPPING_ALGORITHM')
      const key = external(keyId, 'getParametersForImport')
      const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index * 7 + 11)
      return { keyId: key.row.keyId, importToken: bytes(180), publicKey: bytes(294), tokenExpireTime: new Date(state.nowMs + 86_400_000).toISOString() }
    },
    async importKeyMaterial({ keyId, keyMaterialExpireUnix = 0 }) {
      const key = external(keyId, 'importKeyMaterial')
      if (key.versions.length === 0) key.versions = sampleVersions(key.row.keySpec, 880_000, state.nowMs, [0])
      key.row = { ...key.row, keyState: key.row.keyState === 'PendingImport' ? 'Enabled' : key.row.keyState }
      key.metadata = { ...key.metadata, materialExpireTime: keyMaterialExpireUnix === 0 ? '' : new Date(keyMaterialExpireUnix * 1000).toISOString() }
      return changed(key)
    },
    async deleteKeyMaterial({ keyId }) {
      const key = external(keyId, 'deleteKeyMaterial')
      if (key.row.keyState !== 'PendingDeletion') key.row = { ...key.row, keyState: 'PendingImport' }
      return changed(key)
    },
    rehearseImport: async ({ keyId }) => ({ materialBytes: 32, keyCheckValue: '8ca64d', isReImport: findKey(state, keyId).versions.length > 0 }),
    async importPrivateKey({ description = '', exportable = false, keyUsage = 'SIGN/VERIFY' }) {
      const keyId = sampleId(95_000 + state.keys.length)
      const creationDate = new Date(state.nowMs).toISOString()
      const shared = { keyId, creationDate, description, keySpec: 'EC_P256', keyUsage, keyState: 'Enabled', protectionLevel: 'SOFTWARE' } as const
      const key: FakeKey = {
        row: { ...shared, aliases: [], lastUseDate: null },
        metadata: {
          ...shared, arn: `acs:kms:local:8f14e45fceea167a:key/${keyId}`, origin: 'EXTERNAL', creator: 'window', lastRotationDate: creationDate, materialExpireTime: '',
          deletionProtection: 'Disabled', dKMSInstanceId: 'v-1', exportable,
        },
        tags: [], rotation: { isEnabled: false, intervalSeconds: null }, deletesAt: null, versions: sampleVersions('EC_P256', 96_000 + state.keys.length, state.nowMs, [0]),
        minimumVersion: 0, isUnfinished: false, uses: [],
      }
      state.keys = [key, ...state.keys]
      changed(key)
      return { keyMetadata: metadataOf(key), certificateIds: [] }
    },
    async exportPrivateKey({ keyId }) {
      if (!keyFor(state, 'exportPrivateKey', keyId).metadata.exportable) refuse('KEY_NOT_EXPORTABLE')
      return {}
    },
    inspectBlob: async (request) => inspected(state, request),
    readChosenFile: async () => ({ fileName: 'wrapped.bin', content: Uint8Array.from({ length: 256 }, (_, index) => index) }),
    saveChosenFile: async () => ({}),
    chooseSaveTarget: async ({ suggestedName }) => ({ target: { handle: fakeHandle(), name: suggestedName } }),
  }
}
