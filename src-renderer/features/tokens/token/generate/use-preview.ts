import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { RequestInput, Response } from '../../../../../src-shared/contract/operations'
import { kms } from '../../../../bridge'
import { useCall } from '../../../../composables/use-call'

/** Milliseconds that typing rests before the template is asked for. */
const restMs = 120

/** What the token would be asked for, kept in step with the draft; `request` is null while there is nothing to ask. */
export function usePreview(request: () => RequestInput<'previewTokenKey'> | null) {
  const preview = shallowRef<Response<'previewTokenKey'> | null>(null)
  /** The preview is that of the draft as it is now. */
  const isCurrent = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  const asking = useCall(async (wanted: RequestInput<'previewTokenKey'>) => {
    const mine = ++turn
    const answer = await kms.previewTokenKey(wanted)
    if (mine !== turn) return
    preview.value = answer
    isCurrent.value = true
  })
  watch(
    () => JSON.stringify(request()),
    () => {
      clearTimeout(timer)
      turn += 1
      isCurrent.value = false
      const wanted = request()
      if (wanted === null) preview.value = null
      else timer = setTimeout(() => void asking.run(wanted), restMs)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return { preview, isCurrent, error: asking.error }
}
