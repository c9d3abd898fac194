import { useToast } from '@nuxt/ui/composables'
import { nextTick, watch } from 'vue'

/**
 * The toast region of the library begins and ends with elements that take the focus only to pass it on, and hides them
 * from screen readers, which may then land on nothing. They stay empty and are no longer hidden.
 */
export function useToastGuards(): void {
  const { toasts } = useToast()
  watch(
    () => toasts.value.length,
    async () => {
      await nextTick()
      for (const guard of document.querySelectorAll('[role="region"] > span[aria-hidden][tabindex="0"]')) guard.removeAttribute('aria-hidden')
    },
  )
}
