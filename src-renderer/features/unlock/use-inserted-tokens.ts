import { onBeforeUnmount, ref, shallowRef } from 'vue'
import type { TokenSummary } from '../../../src-shared/contract/tokens'
import { kms, onEvent } from '../../bridge'
import { asKmsError } from '../../composables/use-call'
import type { KmsError } from '../../../src-shared/errors'

/** How often it is looked whether a token has come or gone while the unlock screen asks for it, in milliseconds. */
const lookEveryMs = 3000

/** The tokens that are there now, looked for while the component is; of modules nothing is told before the unlock. */
export function useInsertedTokens() {
  const tokens = shallowRef<readonly TokenSummary[]>([])
  const isKnown = ref(false)
  const error = shallowRef<KmsError | null>(null)
  let isLooking = false

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    try {
      tokens.value = (await kms.listTokens()).tokens
      isKnown.value = true
      error.value = null
    } catch (problem) {
      error.value = asKmsError(problem)
    } finally {
      isLooking = false
    }
  }

  void look()
  const stop = onEvent('tokensChanged', () => void look())
  const timer = setInterval(() => void look(), lookEveryMs)
  onBeforeUnmount(() => {
    clearInterval(timer)
    stop()
  })
  return { tokens, isKnown, error, look }
}
