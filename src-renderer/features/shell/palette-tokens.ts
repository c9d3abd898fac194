import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { useTokensStore } from '../../stores/tokens'
import type { PaletteItem } from './palette-actions'
import { shownRows, usePaletteRows } from './palette-rows'

/** Tokens that match what is typed into the palette. They are asked for once something is typed: that starts their modules. */
export function usePaletteTokens(search: Readonly<Ref<string>>, isOpen: Readonly<Ref<boolean>>) {
  const { t } = useI18n()
  const router = useRouter()
  const store = useTokensStore()
  const { rows, pending } = usePaletteRows(search, isOpen, async (words) => {
    if (words === '') return []
    if (!store.isKnown) await store.load()
    const wanted = words.toLowerCase()
    return store.tokens.filter(({ label, serial, isInitialized }) => isInitialized && [label, serial].some((text) => text.toLowerCase().includes(wanted))).slice(0, shownRows)
  })

  const items = computed<PaletteItem[]>(() =>
    rows.value.map(({ tokenId, label, serial }) => ({
      label: label || t('tokens.unlabelled'),
      suffix: serial,
      icon: 'i-lucide-usb',
      run: () => void router.push(`/tokens/${tokenId}`),
    })),
  )
  return { items, pending }
}
