import { computed, ref, shallowRef } from 'vue'
import { kms, quietKms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { hideWithWindow } from './hide-with-window'

/** After this time a code that is shown is hidden again; codes in between are asked for as they come. */
const shownMs = 90_000
const stepMs = 250

/** The one-time code of a field, shown on demand, kept up to date while it is, and hidden when the window is put away. */
export function useOneTimeCode(secretName: () => string, field: () => string) {
  const code = shallowRef<string | null>(null)
  const owner = ref({ issuer: '', account: '' })
  const periodMs = ref(30_000)
  const endsAtMs = ref(0)
  const nowMs = ref(0)
  let hidesAtMs = 0
  let timer: ReturnType<typeof setInterval> | undefined
  let turn = 0

  function hide(): void {
    clearInterval(timer)
    turn += 1
    code.value = null
  }

  const loading = useCall(async (isAsked: boolean) => {
    const mine = turn
    const answer = await (isAsked ? kms : quietKms).getTotpCode({ secretName: secretName(), field: field() }).catch((error: unknown) => {
      // A code that is over and cannot be renewed is no code.
      if (mine === turn) hide()
      throw error
    })
    if (mine === turn) {
      code.value = new TextDecoder().decode(answer.code)
      owner.value = { issuer: answer.issuer, account: answer.account }
      periodMs.value = answer.periodSeconds * 1000
      nowMs.value = Date.now()
      endsAtMs.value = nowMs.value + answer.secondsLeft * 1000
    }
    answer.code.fill(0)
  })

  function step(): void {
    nowMs.value = Date.now()
    if (nowMs.value >= hidesAtMs) return hide()
    if (nowMs.value >= endsAtMs.value && !loading.pending.value) void loading.run(false)
  }

  async function show(): Promise<void> {
    hide()
    await loading.run(true)
    if (code.value === null) return
    hidesAtMs = Date.now() + shownMs
    timer = setInterval(step, stepMs)
  }

  hideWithWindow(hide)
  const leftMs = computed(() => Math.max(0, endsAtMs.value - nowMs.value))
  return {
    code,
    owner,
    /** Share of the period that is left, 0 to 1. */
    left: computed(() => Math.min(1, leftMs.value / periodMs.value)),
    secondsLeft: computed(() => Math.ceil(leftMs.value / 1000)),
    show,
    hide,
    pending: loading.pending,
    error: loading.error,
  }
}
