import { findKey, keyFor, versionsOf } from './key-views'
import { newJob } from './file-operations'
import { sampleId } from './sample-keys'
import type { FakeKey, FakeOperations, FakeState } from './state'
import { refuse } from './refuse'

type WhereUsedName =
  | 'listKeyUses' | 'findEncryptedFiles' | 'keepCiphertext' | 'getKeptCiphertext' | 'forgetKeyUse' | 'previewFinishRotation' | 'finishRotation'

/** What the keys of the fake main have encrypted, and the job that moves it to the primary version. */
export function whereUsedOperations(state: FakeState): Pick<FakeOperations, WhereUsedName> {
  const isOld = (key: FakeKey, keyVersionId: string) => key.versions.at(-1)?.keyVersionId !== keyVersionId
  const findUse = (useId: string) => {
    const key = state.keys.find(({ uses }) => uses.some((use) => use.useId === useId)) ?? refuse('INVALID_PARAMETER', { fields: [{ field: 'useId', problem: 'must name an entry' }] })
    return { key, use: key.uses.find((use) => use.useId === useId) ?? refuse('INTERNAL') }
  }
  return {
    async listKeyUses({ keyId, keyVersionId, onlyOld = false, offset = 0, count = 100 }) {
      const key = findKey(state, keyId)
      const found = key.uses.filter((use) => (keyVersionId === undefined || use.keyVersionId === keyVersionId) && (!onlyOld || isOld(key, use.keyVersionId)))
      return { total: found.length, uses: found.slice(offset, offset + count) }
    },
    findEncryptedFiles: async ({ sources }) => ({ found: sources.length * 7, added: sources.length * 3, unreadable: 1 }),
    async keepCiphertext({ name }) {
      const key = state.keys[0] ?? refuse('INVALID_CIPHERTEXT')
      const useId = sampleId(400_000 + key.uses.length)
      const keyVersionId = key.versions.at(-1)?.keyVersionId ?? ''
      key.uses = [{ useId, kind: 'ciphertext', name, keyId: key.row.keyId, keyVersionId, encryptedAt: new Date(state.nowMs).toISOString(), isMissing: false }, ...key.uses]
      state.emit('keysChanged', { keyId: key.row.keyId })
      return { useId }
    },
    async getKeptCiphertext({ useId }) {
      const { use } = findUse(useId)
      return { name: use.name, ciphertextBlob: new TextEncoder().encode(use.useId), encryptionContext: {}, keyId: use.keyId, keyVersionId: use.keyVersionId }
    },
    async forgetKeyUse({ useId }) {
      const { key } = findUse(useId)
      key.uses = key.uses.filter((use) => use.useId !== useId)
      state.emit('keysChanged', { keyId: key.row.keyId })
      return {}
    },
    async previewFinishRotation({ keyId }) {
      const key = findKey(state, keyId)
      const old = key.uses.filter((use) => isOld(key, use.keyVersionId))
      const files = old.filter(({ kind }) => kind === 'file')
      const needed = versionsOf(key).findIndex(({ uses, isPrimary }) => uses > 0 || isPrimary)
      return {
        files: files.filter(({ isMissing }) => !isMissing).length, missingFiles: files.filter(({ isMissing }) => isMissing).length,
        ciphertexts: old.length - files.length, secrets: 0, bytes: files.length * 48_000_000, isUnfinished: key.isUnfinished,
        retirableVersionIds: versionsOf(key).slice(key.minimumVersion, Math.max(key.minimumVersion, needed)).map(({ keyVersionId }) => keyVersionId),
      }
    },
    async finishRotation({ keyId }) {
      const key = keyFor(state, 'finishRotation', keyId)
      const old = key.uses.filter((use) => isOld(key, use.keyVersionId) && !use.isMissing)
      const newest = key.versions.at(-1)?.keyVersionId ?? refuse('UNSUPPORTED_OPERATION')
      key.isUnfinished = true
      return newJob(state, 'reencrypt', old.length, (hasFinished) => {
        if (hasFinished) {
          key.isUnfinished = false
          key.uses = key.uses.map((use) => (use.isMissing ? use : { ...use, keyVersionId: newest }))
        }
        state.emit('keysChanged', { keyId: key.row.keyId })
      })
    },
  }
}
