import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { kms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { generatorRequest, type GeneratorOptions } from './generator-options'

/** A value that main has generated for the options; a new one whenever they change, and none once the scope ends. */
export function useGenerated(options: Ref<GeneratorOptions>) {
  const value = ref('')
  const entropyBits = ref(0)
  let latest = 0

  const generating = useCall(async () => {
    const turn = ++latest
    const request = generatorRequest(options.value)
    if (request === null) return forget()
    const answer = await kms.generateSecretValue(request)
    if (turn === latest) {
      value.value = new TextDecoder().decode(answer.value)
      entropyBits.value = answer.entropyBits
    }
    answer.value.fill(0)
  })

  function forget(): void {
    value.value = ''
    entropyBits.value = 0
  }
  async function regenerate(): Promise<void> {
    await generating.run()
    if (generating.error.value) forget()
  }

  watch(options, () => void regenerate(), { deep: true, immediate: true })
  onScopeDispose(() => {
    latest += 1
    forget()
  })
  return { value, entropyBits, regenerate, pending: generating.pending, error: generating.error }
}
