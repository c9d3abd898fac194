import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { RequestInput } from '../../src-shared/contract/operations'
import type { SecretSortColumn } from '../../src-shared/contract/secret-window'
import type { SecretState, SecretTemplate, SecretType } from '../../src-shared/model/secrets'
import { kms, onEvent } from '../bridge'

/** Which secrets are listed: all, the favourites, what waits in the recycle bin, or those in a folder and below it. */
export type SecretPlace = { kind: 'all' | 'favourites' | 'deleted' } | { kind: 'folder'; path: string }

/** What the list is narrowed to; an empty list lets every secret through. */
export interface SecretFilter {
  secretTypes: readonly SecretType[]
  templates: readonly SecretTemplate[]
  states: readonly AttentionState[]
}

/** States of secrets that ask for something to be done. */
export const attentionStates = ['expired', 'due-soon', 'rotation-overdue', 'rotation-failed', 'rotation-pending'] as const satisfies readonly SecretState[]
export type AttentionState = (typeof attentionStates)[number]

export type SecretQuery = Omit<RequestInput<'searchSecrets'>, 'offset' | 'count'>

const noFilter = (): SecretFilter => ({ secretTypes: [], templates: [], states: [] })

/** What the secret list shows and what pages share about secrets. Rows and values stay in main; this holds the question, not the answer. */
export const useSecretsStore = defineStore('secrets', () => {
  const search = ref('')
  const filter = shallowRef<SecretFilter>(noFilter())
  const place = shallowRef<SecretPlace>({ kind: 'all' })
  /** In the recycle bin there are no states to filter by. */
  const isFiltering = computed(() => {
    const { secretTypes, templates, states } = filter.value
    return secretTypes.length + templates.length > 0 || (states.length > 0 && place.value.kind !== 'deleted')
  })
  const folder = computed(() => (place.value.kind === 'folder' ? place.value.path : ''))
  const openFolders = shallowRef<ReadonlySet<string>>(new Set())
  const sortBy = ref<SecretSortColumn>('name')
  const descending = ref(false)
  /** Grows whenever main says that secrets changed; lists watch it to ask again. */
  const changes = ref(0)
  const lastChangedName = ref<string | null>(null)
  /** What asks for attention is told once, until the next unlock. */
  const isAttentionHidden = ref(false)

  onEvent('secretsChanged', ({ secretName }) => {
    lastChangedName.value = secretName
    changes.value += 1
  })

  /** The question of the list, without offset and count. */
  const query = computed<SecretQuery>(() => ({
    search: search.value.trim().slice(0, 256),
    folder: folder.value,
    onlyFavourites: place.value.kind === 'favourites',
    states: place.value.kind === 'deleted' ? ['deleted'] : [...filter.value.states],
    secretTypes: [...filter.value.secretTypes],
    templates: [...filter.value.templates],
    sortBy: sortBy.value,
    descending: descending.value,
  }))

  /** Sorts by a column; the same column again turns the order round. Changes come newest first, all else upwards. */
  function toggleSort(column: SecretSortColumn): void {
    descending.value = column === sortBy.value ? !descending.value : column === 'updateTime'
    sortBy.value = column
  }

  function clearFilter(): void {
    filter.value = noFilter()
  }

  function setFolderOpen(path: string, isOpen: boolean): void {
    const others = [...openFolders.value].filter((other) => other !== path)
    openFolders.value = new Set(isOpen ? [...others, path] : others)
  }

  /** Shows everything that asks for attention, wherever it lies. */
  function showAttention(): void {
    search.value = ''
    place.value = { kind: 'all' }
    filter.value = { ...noFilter(), states: [...attentionStates] }
  }

  /** How many secrets are in each state that asks for attention, and in any of them. Throws KmsError. */
  async function countAttention(): Promise<{ total: number; counts: Record<AttentionState, number> }> {
    const count = async (states: AttentionState[]) => (await kms.searchSecrets({ offset: 0, count: 1, states })).total
    const [total = 0, ...each] = await Promise.all([count([...attentionStates]), ...attentionStates.map((state) => count([state]))])
    return { total, counts: Object.fromEntries(attentionStates.map((state, at) => [state, each[at] ?? 0])) as Record<AttentionState, number> }
  }

  return {
    search, filter, isFiltering, place, folder, openFolders, sortBy, descending, changes, lastChangedName, isAttentionHidden, query,
    toggleSort, clearFilter, setFolderOpen, showAttention, countAttention,
  }
})
