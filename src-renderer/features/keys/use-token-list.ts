import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'
import type { TokenSummary } from '../../../src-shared/contract/tokens'
import { kms, onEvent } from '../../bridge'
import { useCall } from '../../composables/use-call'

/** The tokens on which keys can be made, as they come and go. None while they cannot be asked. */
export function useTokenList(): Readonly<ShallowRef<readonly TokenSummary[]>> {
  const tokens = shallowRef<readonly TokenSummary[]>([])
  const reading = useCall(async () => {
    const answer = await kms.listTokens({})
    tokens.value = answer.tokens.filter(({ isInitialized, isWriteProtected }) => isInitialized && !isWriteProtected)
  })
  onMounted(() => reading.run())
  onBeforeUnmount(onEvent('tokensChanged', () => void reading.run()))
  return tokens
}
