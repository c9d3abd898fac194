import { useToast } from '@nuxt/ui/composables'
import { useI18n } from 'vue-i18n'
import { errorText } from '../i18n/error-text'
import { asKmsError } from './use-call'

/** A button in a toast. */
export interface ToastAction {
  label: string
  run: () => void
}

/** Short messages at the corner of the window: results and failures that belong to no field. */
export function useToasts() {
  const toast = useToast()
  const { t } = useI18n()

  const buttons = (action?: ToastAction) =>
    action ? { actions: [{ label: action.label, color: 'neutral' as const, variant: 'outline' as const, onClick: () => action.run() }] } : {}

  return {
    /** Something is done. */
    success: (title: string, action?: ToastAction) => toast.add({ title, color: 'success', icon: 'i-lucide-circle-check', ...buttons(action) }),
    /** Something worth knowing happened; `durationMs` for what comes while people look elsewhere. */
    info: (title: string, action?: ToastAction, durationMs?: number) => toast.add({ title, color: 'neutral', icon: 'i-lucide-info', ...buttons(action), ...(durationMs === undefined ? {} : { duration: durationMs }) }),
    /** Takes a message away before its time; `id` comes with the message. */
    remove: (id: string | number) => toast.remove(id),
    /** Something failed: `title` says what, the sentence by code says why and what to do. */
    failure(problem: unknown, title?: string) {
      const error = asKmsError(problem)
      const sentence = errorText(t, error)
      toast.add({
        title: title ?? sentence,
        description: title === undefined ? error.code : `${sentence} (${error.code})`,
        color: 'error',
        icon: 'i-lucide-circle-alert',
        duration: 10_000,
      })
    },
  }
}
