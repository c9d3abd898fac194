import { computed, ref } from 'vue'
import type { TokenSummary } from '../../src-shared/contract/tokens'
import type { TokenRole } from '../../src-shared/model/tokens'
import { kms, withSecrets } from '../bridge'
import { useTokensStore } from '../stores/tokens'
import { useCall } from './use-call'

/** A PIN that is typed for a token, and the login with it, once: a wrong PIN is tried again by a person only. */
export function useTokenLogin(asked: () => TokenSummary | null, role: () => TokenRole = () => 'user') {
  const store = useTokensStore()
  const pin = ref('')
  const isLocked = computed(() => (role() === 'so' ? asked()?.soPin : asked()?.userPin) === 'locked')
  const isOnReader = computed(() => asked()?.hasPinPad === true)
  const isReady = computed(() => asked() !== null && !isLocked.value && (isOnReader.value || pin.value !== ''))

  /** `run` gives the token as it is then. */
  const logging = useCall(async () => {
    const token = asked()
    if (!token) return null
    const request = { tokenId: token.tokenId, role: role() }
    try {
      const answer = isOnReader.value ? await kms.logInToToken(request) : await withSecrets([pin], (bytes) => kms.logInToToken({ ...request, pin: bytes }))
      return answer.token
    } catch (problem) {
      // Only now does the token say what is left of the tries.
      await store.load()
      throw problem
    }
  })

  function clear(): void {
    pin.value = ''
    logging.clear()
  }
  return { pin, isLocked, isOnReader, isReady, logging, clear }
}

export type TokenLoginState = ReturnType<typeof useTokenLogin>
