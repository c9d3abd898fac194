import { onScopeDispose } from 'vue'
import { kms } from '../bridge'

const everyMs = 15_000
const inputs = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const

/** Tells main that somebody is at the window, so that it does not lock; at most four times a minute. */
export function useActivity(isUnlocked: () => boolean): void {
  let last = 0
  const report = () => {
    const now = performance.now()
    if (!isUnlocked() || now - last < everyMs) return
    last = now
    // A lost report costs at most an early lock, which is safe.
    kms.reportActivity().catch(() => (last = 0))
  }
  for (const input of inputs) window.addEventListener(input, report, { passive: true, capture: true })
  onScopeDispose(() => {
    for (const input of inputs) window.removeEventListener(input, report, { capture: true })
  })
}
