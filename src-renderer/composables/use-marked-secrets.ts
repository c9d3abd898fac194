import { useI18n } from 'vue-i18n'
import { kms, withText } from '../bridge'
import { useListener } from './use-listener'
import { useToasts } from './use-toasts'
import { markedSecret } from './marked-text'

/**
 * Copies what is marked of a secret as its button does: through main, which takes it off the clipboard again. The window's
 * own copy, which nobody would clear, does not happen; neither does dragging it out.
 */
export function useMarkedSecrets(): void {
  const { t } = useI18n()
  const toasts = useToasts()

  async function copy(text: string): Promise<void> {
    try {
      await withText(text, (value) => kms.copySecretText({ value }))
    } catch (problem) {
      toasts.failure(problem, t('secrets.clipboard.copyFailed'))
    }
  }

  function onCopy(event: ClipboardEvent): void {
    const text = markedSecret(event.target)
    if (text === null) return
    event.preventDefault()
    if (text === '') return
    void copy(text)
    if (event.type === 'cut') document.execCommand('delete')
  }

  useListener(document, 'copy', onCopy)
  useListener(document, 'cut', onCopy)
  useListener(document, 'dragstart', (event) => {
    if (markedSecret(event.target) !== null) event.preventDefault()
  })
}
