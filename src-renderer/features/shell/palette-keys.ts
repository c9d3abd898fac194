import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import type { KeyRow } from '../../../src-shared/contract/key-window'
import { kms } from '../../bridge'
import { shortenMiddle } from '../../i18n/format'
import type { PaletteItem } from './palette-actions'

const shown = 8
const restMs = 120

/** Keys that match what is typed into the palette, asked of main while it is open. */
export function usePaletteKeys(search: Readonly<Ref<string>>, isOpen: Readonly<Ref<boolean>>) {
  const router = useRouter()
  const rows = shallowRef<readonly KeyRow[]>([])
  const pending = ref(false)
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(mine: number): Promise<void> {
    try {
      const answer = await kms.searchKeys({ search: search.value.trim().slice(0, 256), count: shown, sortBy: 'lastUseDate' })
      if (mine === turn) rows.value = answer.rows
    } catch {
      // The palette stays usable without keys; their page tells what is wrong.
      if (mine === turn) rows.value = []
    } finally {
      if (mine === turn) pending.value = false
    }
  }

  watch([search, isOpen], () => {
    clearTimeout(timer)
    turn += 1
    const mine = turn
    pending.value = isOpen.value
    if (isOpen.value) timer = setTimeout(() => void ask(mine), restMs)
    else rows.value = []
  })
  onScopeDispose(() => clearTimeout(timer))

  const items = computed<PaletteItem[]>(() =>
    rows.value.map((row) => ({
      label: row.aliases[0] ?? row.keyId,
      suffix: shortenMiddle(row.keyId),
      icon: 'i-lucide-key-round',
      run: () => void router.push({ name: 'key', params: { keyId: row.keyId } }),
    })),
  )
  return { items, pending }
}
