import { useI18n } from 'vue-i18n'
import { kms } from '../../../bridge'
import { useToasts } from '../../../composables/use-toasts'

/** Takes a secret out of the recycle bin and tells the outcome as a message. */
export function useRestore() {
  const { t } = useI18n()
  const toasts = useToasts()
  return async (secretName: string): Promise<void> => {
    try {
      await kms.restoreSecret({ secretName })
      toasts.success(t('secrets.restored', { name: secretName }))
    } catch (problem) {
      toasts.failure(problem, t('secrets.restoreFailed', { name: secretName }))
    }
  }
}
