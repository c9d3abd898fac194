import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { Strength } from './strength'

type Estimator = (passphrase: string, personal: string[]) => Strength

let loading: Promise<Estimator> | undefined

/** Characters looked at; the estimator's cost grows with the length and nothing longer is weak. */
const longestJudged = 100

/** Strength of what is being typed; null while the field is empty. `personal` are words that make it easy to guess. */
export function useStrength(passphrase: Ref<string>, personal: () => string[]): Readonly<Ref<Strength | null>> {
  const strength = shallowRef<Strength | null>(null)
  let isDisposed = false
  loading ??= import('./load-estimator').then(({ createEstimator }) => createEstimator())

  watch(
    [passphrase, personal],
    async () => {
      const estimate = await loading
      if (isDisposed || !estimate) return
      const typed = passphrase.value.slice(0, longestJudged)
      strength.value = typed === '' ? null : estimate(typed, personal().filter((word) => word !== ''))
    },
    { immediate: true },
  )
  onScopeDispose(() => (isDisposed = true))
  return strength
}
