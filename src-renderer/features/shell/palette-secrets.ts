import { computed, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import { kms } from '../../bridge'
import type { PaletteItem } from './palette-actions'
import { shownRows, usePaletteRows } from './palette-rows'

/** Secrets that match what is typed into the palette, those in the recycle bin left out. */
export function usePaletteSecrets(search: Readonly<Ref<string>>, isOpen: Readonly<Ref<boolean>>) {
  const router = useRouter()
  const { rows, pending } = usePaletteRows(search, isOpen, async (words) => (await kms.searchSecrets({ search: words, count: shownRows })).rows)

  const items = computed<PaletteItem[]>(() =>
    rows.value.map(({ secretName, subtitle }) => ({
      label: secretName,
      ...(subtitle === null ? {} : { suffix: subtitle }),
      icon: 'i-lucide-lock-keyhole',
      run: () => void router.push({ name: 'secret', params: { secretName } }),
    })),
  )
  return { items, pending }
}
