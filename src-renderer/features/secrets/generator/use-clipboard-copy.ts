import { computed, onScopeDispose, ref } from 'vue'
import { kms, onEvent, withText } from '../../../bridge'
import { useCall } from '../../../composables/use-call'

const stepMs = 250

/** Puts a secret of the page on the clipboard and counts the seconds until main clears it; null while there is nothing of it. */
export function useClipboardCopy() {
  const clearsAt = ref<number | null>(null)
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), stepMs)
  const secondsLeft = computed(() => (clearsAt.value === null || clearsAt.value <= now.value ? null : Math.ceil((clearsAt.value - now.value) / 1000)))

  const copying = useCall(async (text: string) => {
    const answer = await withText(text, (value) => kms.copySecretText({ value }))
    now.value = Date.now()
    clearsAt.value = Date.parse(answer.clearsAt)
  })
  // Something else was copied, or it was cleared early.
  const stop = onEvent('clipboardChanged', ({ clearsAt: next }) => {
    if (next === null || Date.parse(next) !== clearsAt.value) clearsAt.value = null
  })
  onScopeDispose(() => {
    clearInterval(timer)
    stop()
  })
  return { copy: copying.run, secondsLeft, pending: copying.pending, error: copying.error }
}
