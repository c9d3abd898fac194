import { computed, shallowRef, watch } from 'vue'
import type { TokenSummary } from '../../../../src-shared/contract/tokens'
import { useTokensStore } from '../../../stores/tokens'

/**
 * The token that a dialog is about, as it is now; it stays while the dialog fades out, and when the token is taken out: the dialog
 * then says so when it is used. `start` is called each time the dialog opens.
 */
export function useAskedToken(asked: () => TokenSummary | null, start: (token: TokenSummary) => void) {
  const store = useTokensStore()
  const last = shallowRef<TokenSummary | null>(null)
  watch(
    asked,
    (token, before) => {
      if (token === null) return
      last.value = token
      if (before?.tokenId !== token.tokenId) start(token)
    },
    { immediate: true },
  )
  return computed(() => (last.value ? (store.find(last.value.tokenId) ?? last.value) : null))
}
