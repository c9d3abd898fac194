import { useI18n } from 'vue-i18n'
import type { SaveTarget } from '../../src-shared/contract/desktop'
import { kms } from '../bridge'
import { useCall } from './use-call'
import { useToasts } from './use-toasts'

/** Saves public bytes where the user says, and tells the outcome as a message. Answers whether they were saved. */
export function useSaveFile() {
  const { t } = useI18n()
  const toasts = useToasts()
  const saving = useCall(async (what: SaveTarget, suggestedName: string, content: Uint8Array) => {
    try {
      const { target } = await kms.chooseSaveTarget({ what, suggestedName })
      if (target === null) return false
      await kms.saveChosenFile({ target: target.handle, content })
      toasts.success(t('common.saved', { name: target.name }))
      return true
    } catch (problem) {
      toasts.failure(problem, t('common.saveFailed'))
      return false
    }
  })
  return { save: saving.run, pending: saving.pending }
}
