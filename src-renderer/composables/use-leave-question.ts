import { onScopeDispose, ref, watch } from 'vue'

/**
 * A question before a page is left while `isNeeded`. `guard` is for onBeforeRouteLeave and waits for `answer`; when the
 * question is needed no more, the page stays and shows what has changed.
 */
export function useLeaveQuestion(isNeeded: () => boolean) {
  const isAsking = ref(false)
  let settle: ((leaves: boolean) => void) | null = null

  function answer(leaves: boolean): void {
    isAsking.value = false
    settle?.(leaves)
    settle = null
  }
  function guard(): true | Promise<boolean> {
    if (!isNeeded()) return true
    answer(false)
    isAsking.value = true
    return new Promise((resolve) => (settle = resolve))
  }
  watch(isNeeded, (needed) => needed || answer(false))
  onScopeDispose(() => answer(false))
  return { isAsking, guard, answer }
}
