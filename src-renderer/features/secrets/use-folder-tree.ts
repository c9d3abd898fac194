import { computed, ref, shallowRef, watch } from 'vue'
import type { Response } from '../../../src-shared/contract/operations'
import { kms } from '../../bridge'
import { useCall } from '../../composables/use-call'
import { useSecretsStore } from '../../stores/secrets'

type Listing = Response<'listSecretFolders'>
type Folder = Listing['folders'][number]

/** A folder as it stands in the tree. */
export interface FolderNode {
  path: string
  name: string
  count: number
  /** Counted from 0, the outermost. */
  depth: number
  hasFolders: boolean
  isOpen: boolean
}

/** Changes of many secrets come in a burst; the folders are asked for once it is over. */
const restMs = 150

/** The folders that are open to sight, asked of main level by level, and the counts of the whole vault. */
export function useFolderTree() {
  const store = useSecretsStore()
  const levels = shallowRef<ReadonlyMap<string, readonly Folder[]>>(new Map())
  const counts = ref<Pick<Listing, 'total' | 'deleted' | 'favourites'> | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  const listing = useCall(async (parents: readonly string[]) => {
    const answers = await Promise.all(parents.map((parent) => kms.listSecretFolders({ parent })))
    levels.value = new Map([...levels.value, ...parents.map((parent, at) => [parent, answers[at]?.folders ?? []] as const)])
    const [first] = answers
    if (first) counts.value = { total: first.total, deleted: first.deleted, favourites: first.favourites }
  })
  const reload = () => listing.run(['', ...store.openFolders])

  watch(
    () => store.changes,
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void reload(), restMs)
    },
  )
  watch(
    () => store.openFolders,
    (open, before) => {
      // Also those that were open once: what is in them may have changed while nobody looked.
      const opened = [...open].filter((path) => !before.has(path))
      if (opened.length > 0) void listing.run(opened)
    },
  )
  void reload()

  function below(parent: string, depth: number): FolderNode[] {
    return (levels.value.get(parent) ?? []).flatMap(({ path, name, count, hasFolders }) => {
      const isOpen = hasFolders && store.openFolders.has(path)
      return [{ path, name, count, depth, hasFolders, isOpen }, ...(isOpen ? below(path, depth + 1) : [])]
    })
  }
  const nodes = computed(() => below('', 0))
  return { nodes, counts, error: listing.error, pending: listing.pending, reload }
}
