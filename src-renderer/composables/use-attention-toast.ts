import { onMounted, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { useSecretsStore } from '../stores/secrets'
import { useToasts } from './use-toasts'

/** Long enough to be read by somebody who has just unlocked and looks for something else. */
const shownMs = 15_000

/** Says once after the unlock that secrets expire soon or did not rotate. For the shell. */
export function useAttentionToast(): void {
  const { t } = useI18n()
  const router = useRouter()
  const toasts = useToasts()
  const store = useSecretsStore()

  /** There a banner says the same. */
  const isOnPage = () => router.currentRoute.value.name === 'secrets'

  function show(): void {
    store.showAttention()
    void router.push({ name: 'secrets' })
  }

  let shownId: string | number | null = null
  watch(isOnPage, (isOn) => {
    if (isOn && shownId !== null) toasts.remove(shownId)
  })
  onMounted(async () => {
    try {
      const { total } = await store.countAttention()
      if (total === 0 || isOnPage()) return
      shownId = toasts.info(t('secrets.attention.title', total), { label: t('secrets.attention.show'), run: show }, shownMs).id
    } catch {
      // The page of the secrets tells what is wrong.
    }
  })
}
