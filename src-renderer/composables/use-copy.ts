import { useI18n } from 'vue-i18n'
import { kms } from '../bridge'
import { useToasts } from './use-toasts'

/** Copies public text and tells so with the given message. */
export function useCopy() {
  const { t } = useI18n()
  const toasts = useToasts()
  return async (text: string, message = t('common.copied')): Promise<void> => {
    try {
      await kms.copyText({ text })
      toasts.success(message)
    } catch (problem) {
      toasts.failure(problem)
    }
  }
}
