import { computed, ref, shallowRef, watch } from 'vue'
import type { TokenSummary } from '../../../../src-shared/contract/tokens'
import { useTokens } from '../../../composables/use-tokens'

/**
 * The token with the id that `tokenId` answers. A token that is taken out stays known with what was last seen of it, so that
 * its page keeps its place. `changes` grows whenever something on it may have changed, and when it is back.
 */
export function useToken(tokenId: () => string) {
  const store = useTokens()
  const token = shallowRef<TokenSummary | null>(null)
  const isAbsent = ref(false)
  const changes = ref(0)

  watch(
    [tokenId, () => store.tokens, () => store.isKnown] as const,
    ([wanted, tokens, isKnown]) => {
      if (token.value?.tokenId !== wanted) token.value = null
      const found = tokens.find((each) => each.tokenId === wanted)
      isAbsent.value = isKnown && found === undefined
      if (!found) return
      token.value = found
      changes.value += 1
    },
    { immediate: true },
  )
  const state = computed(() => {
    if (token.value) return 'full' as const
    if (isAbsent.value) return 'absent' as const
    return store.error ? ('error' as const) : ('loading' as const)
  })
  return { token, isAbsent, changes, state, error: computed(() => store.error), reload: () => void store.load() }
}

export type TokenInUse = ReturnType<typeof useToken>
