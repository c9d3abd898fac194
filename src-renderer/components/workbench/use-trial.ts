import { onBeforeUnmount, shallowRef, watch } from 'vue'
import { useCall } from '../../composables/use-call'

/**
 * One act of the workbench: `run` puts what `act` answers into `result`. A changed input makes the result, and one that
 * is still on its way, irrelevant. `wipe` zeroes a result that is not shown any more.
 */
export function useTrial<T>(inputs: () => unknown, act: () => Promise<T | null>, wipe: (result: T) => void = () => undefined) {
  const result = shallowRef<T | null>(null)
  let turn = 0

  function show(next: T | null): void {
    if (result.value !== null) wipe(result.value)
    result.value = next
  }
  const trying = useCall(async () => {
    const mine = ++turn
    show(null)
    const answer = await act()
    if (mine === turn) show(answer)
    else if (answer !== null) wipe(answer)
  })
  function clear(): void {
    turn += 1
    show(null)
    trying.clear()
  }
  watch(inputs, clear, { deep: true, flush: 'sync' })
  onBeforeUnmount(clear)
  return { result, pending: trying.pending, error: trying.error, run: () => void (trying.pending.value || trying.run()), clear }
}
