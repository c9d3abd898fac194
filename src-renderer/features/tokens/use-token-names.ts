import { useI18n } from 'vue-i18n'
import type { TokenSummary } from '../../../src-shared/contract/tokens'

/** What a token is called where it has no label. */
export function useTokenNames() {
  const { t } = useI18n()
  return {
    nameOf: ({ label, isInitialized, slotId }: TokenSummary): string => label || t(isInitialized ? 'tokens.unlabelled' : 'tokens.newToken', { slot: String(slotId) }),
  }
}
