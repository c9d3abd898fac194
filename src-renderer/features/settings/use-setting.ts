import { computed, type WritableComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Settings } from '../../../src-shared/contract/settings'
import { useToasts } from '../../composables/use-toasts'
import { useSettingsStore } from '../../stores/settings'

/** One setting as a model: read from the store, written at once; a refused change shows why and falls back. */
export function useSetting<N extends keyof Settings>(name: N, whileLoading: Settings[N]): WritableComputedRef<Settings[N]> {
  const { t } = useI18n()
  const toasts = useToasts()
  const store = useSettingsStore()
  return computed({
    get: () => store.current?.[name] ?? whileLoading,
    set: (value) => {
      const patch: Partial<Settings> = { [name]: value }
      store.update(patch).catch((problem: unknown) => toasts.failure(problem, t('settings.saveFailed')))
    },
  })
}
