import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { KeyRow, KeySortColumn } from '../../src-shared/contract/key-window'
import type { KeyMetadata } from '../../src-shared/contract/keys'
import type { RequestInput } from '../../src-shared/contract/operations'
import type { KmsError } from '../../src-shared/errors'
import type { KeySpec, KeyState, ProtectionLevel } from '../../src-shared/model/keys'
import { kms, onEvent } from '../bridge'
import { asKmsError } from '../composables/use-call'

/** A new key. The alias is made after the key, so the key can exist although its alias was refused. */
export interface CreatedKey {
  metadata: KeyMetadata
  /** With its prefix; null when none was asked for or when it was refused. */
  aliasName: string | null
  aliasError: KmsError | null
}

/** What the key list is narrowed to; an empty list lets every key through. */
export interface KeyFilter {
  keyStates: readonly KeyState[]
  keySpecs: readonly KeySpec[]
  protectionLevels: readonly ProtectionLevel[]
}

const noFilter = (): KeyFilter => ({ keyStates: [], keySpecs: [], protectionLevels: [] })

/** What the key list shows and what pages share about keys. Rows stay in main; this holds the question, not the answer. */
export const useKeysStore = defineStore('keys', () => {
  const search = ref('')
  const filter = shallowRef<KeyFilter>(noFilter())
  const isFiltering = computed(() => Object.values(filter.value).some((chosen) => chosen.length > 0))
  const sortBy = ref<KeySortColumn>('creationDate')
  const descending = ref(true)
  /** Grows whenever main says that keys changed; lists watch it to ask again. */
  const changes = ref(0)
  const lastChangedKeyId = ref<string | null>(null)

  onEvent('keysChanged', ({ keyId }) => {
    lastChangedKeyId.value = keyId
    changes.value += 1
  })

  /** Sorts by a column; the same column again turns the order round. Names go up first, times newest first. */
  function toggleSort(column: KeySortColumn): void {
    descending.value = column === sortBy.value ? !descending.value : column === 'creationDate' || column === 'lastUseDate'
    sortBy.value = column
  }

  function clearFilter(): void {
    filter.value = noFilter()
  }

  /** Creates a key and then its alias, when there is one. Throws the KmsError of createKey only. */
  async function createKey(request: RequestInput<'createKey'>, aliasName: string | null): Promise<CreatedKey> {
    const { keyMetadata: metadata } = await kms.createKey(request)
    if (aliasName === null) return { metadata, aliasName, aliasError: null }
    try {
      await kms.createAlias({ aliasName, keyId: metadata.keyId })
      return { metadata, aliasName, aliasError: null }
    } catch (problem) {
      return { metadata, aliasName: null, aliasError: asKmsError(problem) }
    }
  }

  /** The list's row of one key; null when this vault has no such key. Throws KmsError. */
  async function findRow(keyId: string): Promise<KeyRow | null> {
    const { rows } = await kms.searchKeys({ offset: 0, count: 10, search: keyId })
    return rows.find((row) => row.keyId === keyId) ?? null
  }

  /** The enabled and suitable key that was used last, or the newest one when none has been used; null without any. Throws KmsError. */
  async function suggestKey(isSuitable = ({ keyUsage }: KeyRow) => keyUsage === 'ENCRYPT/DECRYPT'): Promise<KeyRow | null> {
    const canEncrypt = (row: KeyRow) => row.keyState === 'Enabled' && isSuitable(row)
    const used = await kms.searchKeys({ offset: 0, count: 100, keyStates: ['Enabled'], sortBy: 'lastUseDate', descending: true })
    return used.rows.find((row) => canEncrypt(row) && row.lastUseDate !== null) ?? used.rows.find(canEncrypt) ?? null
  }

  return { search, filter, isFiltering, clearFilter, sortBy, descending, changes, lastChangedKeyId, toggleSort, createKey, findRow, suggestKey }
})
