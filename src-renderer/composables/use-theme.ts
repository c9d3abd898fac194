import { onScopeDispose, watch } from 'vue'
import type { Settings } from '../../src-shared/contract/settings'

/** Puts the class of the theme on the document and follows the system where that is the choice. */
export function useTheme(theme: () => Settings['theme']): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const isDark = theme() === 'dark' || (theme() === 'system' && system.matches)
    document.documentElement.classList.toggle('dark', isDark)
    document.documentElement.classList.toggle('light', !isDark)
  }
  system.addEventListener('change', apply)
  onScopeDispose(() => system.removeEventListener('change', apply))
  watch(theme, apply, { immediate: true })
}
