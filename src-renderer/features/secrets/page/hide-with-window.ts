import { onScopeDispose } from 'vue'

/** Hides what is shown of a secret when the window is put away, and with the component that shows it. */
export function hideWithWindow(hide: () => void): void {
  const onVisibility = () => document.hidden && hide()
  document.addEventListener('visibilitychange', onVisibility)
  onScopeDispose(() => {
    hide()
    document.removeEventListener('visibilitychange', onVisibility)
  })
}
