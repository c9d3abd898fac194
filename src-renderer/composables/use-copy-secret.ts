import { useI18n } from 'vue-i18n'
import type { RequestInput } from '../../src-shared/contract/operations'
import { kms } from '../bridge'
import { useToasts } from './use-toasts'

/**
 * Has main put a value on the clipboard; it does not go through the page, and the bar at the foot of the window counts
 * down. Answers whether it is there; a failure is told as a message.
 */
export function useCopySecret() {
  const { t } = useI18n()
  const toasts = useToasts()
  return async (request: RequestInput<'copySecretValue'>): Promise<boolean> => {
    try {
      await kms.copySecretValue(request)
      return true
    } catch (problem) {
      toasts.failure(problem, t('secrets.clipboard.copyFailed'))
      return false
    }
  }
}
