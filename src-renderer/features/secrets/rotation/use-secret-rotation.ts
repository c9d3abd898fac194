import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { Response } from '../../../../src-shared/contract/operations'
import { kms, onEvent } from '../../../bridge'
import { useCall } from '../../../composables/use-call'

export type SecretRotation = Response<'getSecretRotation'>

const pollMs = 600

/** How the rotation of a secret stands; read again when main says that it changed, and while one is running. */
export function useSecretRotation(secretName: () => string) {
  const rotation = shallowRef<SecretRotation | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  const reading = useCall(async (wanted: string) => {
    const answer = await kms.getSecretRotation({ secretName: wanted })
    if (wanted !== secretName()) return
    rotation.value = answer
    clearTimeout(timer)
    if (answer.isRunning) timer = setTimeout(() => void reload(), pollMs)
  })
  const reload = async (): Promise<void> => void (await reading.run(secretName()))

  watch(
    secretName,
    () => {
      rotation.value = null
      void reload()
    },
    { immediate: true },
  )
  const stop = onEvent('secretsChanged', ({ secretName: changed }) => {
    if (changed === null || changed === secretName()) void reload()
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    stop()
  })
  const state = computed(() => (rotation.value ? ('full' as const) : reading.error.value ? ('error' as const) : ('loading' as const)))
  return { rotation, state, error: reading.error, reload }
}
