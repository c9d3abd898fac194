import { computed, shallowRef, watch } from 'vue'
import type { Response } from '../../../../src-shared/contract/operations'
import { kms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { useKeysStore } from '../../../stores/keys'

/** Everything that the page of a key shows. */
export type KeyDetails = Response<'getKeyDetails'>

/** The details of the key with the id that `keyId` answers; read again whenever main says that it changed. */
export function useKeyDetails(keyId: () => string) {
  const store = useKeysStore()
  const details = shallowRef<KeyDetails | null>(null)
  const reading = useCall(async (wanted: string) => {
    const answer = await kms.getKeyDetails({ keyId: wanted })
    if (wanted === keyId()) details.value = answer
  })
  const reload = () => void reading.run(keyId())

  watch(
    keyId,
    () => {
      details.value = null
      reload()
    },
    { immediate: true },
  )
  watch(
    () => store.changes,
    () => {
      if (store.lastChangedKeyId === null || store.lastChangedKeyId === keyId()) reload()
    },
  )
  const state = computed(() => (details.value ? ('full' as const) : reading.error.value ? ('error' as const) : ('loading' as const)))
  return { details, state, error: reading.error, reload }
}
