import { useToast } from '@nuxt/ui/composables'
import { getActivePinia } from 'pinia'
import { onScopeDispose, ref, watch } from 'vue'
import { useRouter } from 'vue-router'
import { setLanguage } from '../i18n'
import { homeOf } from '../router/home'
import { forgetStores } from '../stores/forget'
import { useSettingsStore } from '../stores/settings'
import { useVaultStore } from '../stores/vault'
import { useCall } from './use-call'

/** Loads what every screen needs, then keeps the page where the state of the vault allows it to be. */
export function useStart() {
  const router = useRouter()
  const toast = useToast()
  const settings = useSettingsStore()
  const vault = useVaultStore()
  const pinia = getActivePinia()
  const isReady = ref(false)

  const { run, error } = useCall(async () => {
    await Promise.all([settings.load(), vault.load()])
    await router.replace('/')
    isReady.value = true
  })

  /** Nothing of the vault stays in the page: not in stores, not in messages, not in the history. */
  async function forget(): Promise<void> {
    toast.clear()
    await router.replace(homeOf(vault.status))
    if (pinia) forgetStores(pinia)
  }

  watch(() => settings.language, setLanguage, { immediate: true })
  watch(
    () => vault.status?.state,
    (state, before) => {
      if (!isReady.value) return
      if (before === 'unlocked') void forget()
      else if (state === 'unlocked' && router.currentRoute.value.name === 'unlock') void router.replace(homeOf(vault.status))
    },
  )
  const stops = [settings.follow(), vault.follow()]
  onScopeDispose(() => stops.forEach((stop) => stop()))
  void run()

  return { isReady, error, run }
}
