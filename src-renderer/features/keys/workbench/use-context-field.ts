import { computed, ref } from 'vue'
import type { EncryptionContext } from '../../../../src-shared/model/encryption-context'

/** The encryption context of an act and the field for it, whose key is `turn`: a new turn begins without rows, faulty ones included. */
export function useContextField() {
  const context = ref<EncryptionContext>({})
  const isValid = ref(true)
  const turn = ref(0)
  /** As a request takes it: undefined when there are no pairs. */
  const encryptionContext = computed(() => (Object.keys(context.value).length > 0 ? context.value : undefined))

  function clear(): void {
    context.value = {}
    isValid.value = true
    turn.value += 1
  }
  return { context, isValid, turn, encryptionContext, clear }
}
