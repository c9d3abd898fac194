import { computed, ref, shallowRef } from 'vue'
import { KmsError } from '../../src-shared/errors'

/** The KmsError in `problem`; anything else is a bug of the page and becomes INTERNAL. */
export function asKmsError(problem: unknown): KmsError {
  return problem instanceof KmsError ? problem : new KmsError('INTERNAL', 'The window ran into a bug.', {}, problem)
}

/**
 * One asynchronous act of a component with its state. `run` resolves with the result, or with undefined after a failure,
 * which is then in `error`. A later run makes an earlier one's outcome irrelevant: only the latest sets the state.
 */
export function useCall<A extends unknown[], T>(act: (...args: A) => Promise<T>) {
  const running = ref(0)
  const error = shallowRef<KmsError | null>(null)
  let latest = 0

  async function run(...args: A): Promise<T | undefined> {
    const turn = ++latest
    running.value += 1
    error.value = null
    try {
      return await act(...args)
    } catch (problem) {
      if (turn === latest) error.value = asKmsError(problem)
      return undefined
    } finally {
      running.value -= 1
    }
  }

  return { pending: computed(() => running.value > 0), error, run, clear: () => void (error.value = null) }
}
