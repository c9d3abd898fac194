import { computed, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import { kms } from '../../bridge'
import { shortenMiddle } from '../../i18n/format'
import type { PaletteItem } from './palette-actions'
import { shownRows, usePaletteRows } from './palette-rows'

/** Keys that match what is typed into the palette. */
export function usePaletteKeys(search: Readonly<Ref<string>>, isOpen: Readonly<Ref<boolean>>) {
  const router = useRouter()
  const { rows, pending } = usePaletteRows(search, isOpen, async (words) => (await kms.searchKeys({ search: words, count: shownRows, sortBy: 'lastUseDate' })).rows)

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
