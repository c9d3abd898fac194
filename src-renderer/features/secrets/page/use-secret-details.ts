import { computed, shallowRef, watch } from 'vue'
import type { Response } from '../../../../src-shared/contract/operations'
import { kms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { useSecretsStore } from '../../../stores/secrets'

/** Everything that the page of a secret shows; never a value that is secret. */
export type SecretDetails = Response<'getSecretDetails'>

/** The details of the secret that `secretName` answers; read again whenever main says that it changed. */
export function useSecretDetails(secretName: () => string) {
  const store = useSecretsStore()
  const details = shallowRef<SecretDetails | null>(null)
  const reading = useCall(async (wanted: string) => {
    const answer = await kms.getSecretDetails({ secretName: wanted })
    if (wanted === secretName()) details.value = answer
  })
  const reload = () => void reading.run(secretName())

  watch(
    secretName,
    () => {
      details.value = null
      reload()
    },
    { immediate: true },
  )
  watch(
    () => store.changes,
    () => {
      if (store.lastChangedName === null || store.lastChangedName === secretName()) reload()
    },
  )
  /** It was destroyed while it was shown, or never was there. */
  const isUnknown = computed(() => reading.error.value?.code === 'SECRET_NOT_FOUND')
  const state = computed(() => (details.value ? ('full' as const) : reading.error.value ? ('error' as const) : ('loading' as const)))
  return { details, state, isUnknown, error: reading.error, reload }
}
