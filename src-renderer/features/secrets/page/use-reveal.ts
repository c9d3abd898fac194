import { readonly, ref, shallowRef } from 'vue'
import { textOf } from '../../../composables/base64'
import { useCall } from '../../../composables/use-call'
import { hideWithWindow } from './hide-with-window'

/** After this time a value that is shown is hidden again. */
export const revealSeconds = 30

/**
 * A value that is shown on demand and hidden again after a time, when the window is put away, and with its component.
 * `load` asks main for the bytes, which are zeroed here; the text lives in this composable and nowhere else.
 */
export function useReveal(load: () => Promise<Uint8Array>, seconds = revealSeconds) {
  const text = shallowRef<string | null>(null)
  /** The bytes are no text. */
  const isBinary = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Grows with every hide, so that an answer that comes too late is not shown. */
  let turn = 0

  function hide(): void {
    clearTimeout(timer)
    turn += 1
    text.value = null
    isBinary.value = false
  }

  const loading = useCall(async () => {
    hide()
    const mine = turn
    const bytes = await load()
    try {
      if (mine !== turn) return
      text.value = textOf(bytes)
      isBinary.value = text.value === null
      timer = setTimeout(hide, seconds * 1000)
    } finally {
      bytes.fill(0)
    }
  })

  hideWithWindow(hide)
  return { text: readonly(text), isBinary: readonly(isBinary), reveal: loading.run, hide, pending: loading.pending, error: loading.error }
}
