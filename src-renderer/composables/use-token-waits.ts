import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { findMissedToken, isSameToken, isTokenOpen } from '../../src-shared/token-waits'
import { answerTokenWaits, type TokenWait } from '../bridge'
import { useTokensStore } from '../stores/tokens'

interface Waiting extends TokenWait {
  /** True: the token is there. */
  end: (isThere: boolean) => void
}

/** A module that is not running, or has failed, tells nothing by itself. */
const askAgainMs = 3000

/**
 * What waits for tokens, one token after the other: all that waits for one goes on when it is there and logged in to, or is
 * cancelled, together. Tokens are looked for while something waits.
 */
export function useTokenWaits() {
  const store = useTokensStore()
  const all = shallowRef<readonly Waiting[]>([])
  let isOver = false

  const missed = computed(() => all.value[0]?.missed ?? null)
  const waiting = computed(() => all.value.filter((wait) => isSameToken(wait.missed, missed.value)))
  /** The token that is waited for, once it is there. */
  const token = computed(() => (missed.value ? findMissedToken(store.tokens, missed.value) : null))

  async function ask(wait: TokenWait): Promise<boolean> {
    await store.load()
    // Nobody is left who could be asked: the vault was locked meanwhile.
    if (isOver) return false
    const found = findMissedToken(store.tokens, wait.missed)
    // It is not the login that is missing when it is missed again all the same: asking for ever would help nobody.
    if (found && isTokenOpen(found)) return !wait.isAgain
    return new Promise((end) => {
      all.value = [...all.value, { ...wait, end }]
    })
  }

  function endAll(waits: readonly Waiting[], isThere: boolean): void {
    all.value = all.value.filter((wait) => !waits.includes(wait))
    for (const { end } of waits) end(isThere)
  }

  watch([token, waiting], () => {
    if (token.value && isTokenOpen(token.value)) endAll(waiting.value, true)
  })
  watch(
    () => store.changes,
    () => {
      if (missed.value) void store.load()
    },
  )
  watch([missed, token], (_now, _before, onCleanup) => {
    if (!missed.value || token.value) return
    const timer = setInterval(() => void store.load(), askAgainMs)
    onCleanup(() => clearInterval(timer))
  })
  const stop = answerTokenWaits(ask)
  onScopeDispose(() => {
    isOver = true
    stop()
    endAll(all.value, false)
  })

  return { missed, waiting, token, store, cancel: () => endAll(waiting.value, false) }
}
