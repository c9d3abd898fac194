import { computed, ref, shallowRef, watch } from 'vue'
import type { Response } from '../../../../src-shared/contract/operations'
import type { ImportWrappingAlgorithm } from '../../../../src-shared/model/keys'
import { kms } from '../../../bridge'
import type { SmallFile } from '../../../composables/use-small-file'
import { useCall } from '../../../composables/use-call'
import { dayOf, endOfDay } from '../../../composables/local-day'
import { importWrappings } from './import-lines'
import { tokenOf } from './token-text'

/** What main answered for the wrapping, with the algorithm that it is for. */
export type ImportParameters = Response<'getParametersForImport'> & { algorithm: ImportWrappingAlgorithm }

export type ImportStep = 'parameters' | 'file' | 'check'

const usualDays = 365

/** The import of key material as it stands: the page keeps public bytes only, the material comes wrapped. */
export function useImportWizard(keyId: () => string) {
  const step = ref<ImportStep>('parameters')
  const algorithm = ref<ImportWrappingAlgorithm>('RSAES_OAEP_SHA_256')
  const parameters = shallowRef<ImportParameters | null>(null)
  const wrapped = shallowRef<SmallFile | null>(null)
  const tokenSource = ref<'here' | 'file'>('here')
  const tokenFile = shallowRef<SmallFile | null>(null)
  const expires = ref(false)
  const expiryDay = ref(dayOf(Date.now() + usualDays * 86_400_000))
  const rehearsal = shallowRef<Response<'rehearseImport'> | null>(null)

  const getting = useCall(async () => {
    const keySpec = importWrappings.find((wrapping) => wrapping.algorithm === algorithm.value)?.keySpec ?? 'RSA_2048'
    const answer = await kms.getParametersForImport({ keyId: keyId(), wrappingAlgorithm: algorithm.value, wrappingKeySpec: keySpec })
    parameters.value = { ...answer, algorithm: algorithm.value }
    tokenSource.value = 'here'
  })

  const token = computed(() => {
    if (tokenSource.value === 'here') return parameters.value?.importToken ?? null
    return tokenFile.value ? tokenOf(tokenFile.value.content) : null
  })
  const expiryUnix = computed(() => endOfDay(expiryDay.value, Date.now()))
  const canCheck = computed(() => wrapped.value !== null && token.value !== null && (!expires.value || expiryUnix.value !== null))

  function material() {
    if (wrapped.value === null || token.value === null) return null
    return { keyId: keyId(), encryptedKeyMaterial: wrapped.value.content, importToken: token.value }
  }
  const rehearsing = useCall(async () => {
    const request = material()
    rehearsal.value = null
    if (request) rehearsal.value = await kms.rehearseImport(request)
  })
  /** Resolves with true when the material is live. */
  const importing = useCall(async () => {
    const request = material()
    if (!request) return false
    await kms.importKeyMaterial({ ...request, keyMaterialExpireUnix: expires.value ? (expiryUnix.value ?? 0) : 0 })
    return true
  })

  function goTo(next: ImportStep): void {
    step.value = next
    importing.clear()
    if (next === 'file' && parameters.value === null) tokenSource.value = 'file'
    if (next === 'check') void rehearsing.run()
  }
  /** Forgets everything but the parameters: their token is good for 24 hours. */
  function reset(): void {
    step.value = 'parameters'
    wrapped.value = null
    tokenFile.value = null
    expires.value = false
    rehearsal.value = null
    for (const call of [getting, rehearsing, importing]) call.clear()
  }
  watch(keyId, () => {
    reset()
    parameters.value = null
  })
  return { step, algorithm, parameters, wrapped, tokenSource, tokenFile, expires, expiryDay, expiryUnix, rehearsal, getting, canCheck, rehearsing, importing, goTo, reset }
}

export type ImportWizard = ReturnType<typeof useImportWizard>
