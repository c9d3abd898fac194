import { computed, shallowRef, watch } from 'vue'
import type { Response } from '../../../../../src-shared/contract/operations'
import { kms } from '../../../../bridge'
import { useCall } from '../../../../composables/use-call'
import type { TokenInUse } from '../use-token'

export type ObjectDetails = Response<'getTokenObject'>

/** One object of a token; read again when something on the token changed. What was read stays while the token is out. */
export function useObject({ isAbsent, changes }: Pick<TokenInUse, 'isAbsent' | 'changes'>, tokenId: () => string, objectId: () => string) {
  const details = shallowRef<ObjectDetails | null>(null)
  const reading = useCall(async (wanted: string) => {
    const answer = await kms.getTokenObject({ tokenId: tokenId(), objectId: wanted })
    if (wanted === objectId()) details.value = answer
  })
  const reload = () => void (isAbsent.value || reading.run(objectId()))
  watch(objectId, () => {
    details.value = null
    reload()
  }, { immediate: true })
  watch(changes, reload)
  /** It was deleted, or is seen after a login only. */
  const isGone = computed(() => reading.error.value?.code === 'TOKEN_OBJECT_NOT_FOUND')
  const state = computed(() => (details.value ? ('full' as const) : reading.error.value ? ('error' as const) : ('loading' as const)))
  return { details, state, isGone, error: reading.error, reload }
}
