import type { ErrorCode, KmsError } from '../../src-shared/errors'
import { formatBytes } from './format'

type Translate = {
  (key: string): string
  (key: string, named: Record<string, unknown>): string
  (key: string, plural: number): string
}

/** The sentence for an error in the language of `t`, with what its details tell. */
export function errorText(t: Translate, error: KmsError): string {
  const { attemptsLeft, ownerPid, neededBytes, freeBytes, limit, incidentId, rotationReason, wordNumber, pinState, moduleProblem, templateProblem, exportBarrier, vaultUse, tokenLabel } = error.details
  if (error.code === 'WRONG_PIN' && attemptsLeft !== undefined) return t('errorsDetailed.WRONG_PIN', attemptsLeft)
  if (error.code === 'VAULT_IN_USE' && ownerPid !== undefined) return t('errorsDetailed.VAULT_IN_USE', { pid: String(ownerPid) })
  if (error.code === 'NO_SPACE' && neededBytes !== undefined && freeBytes !== undefined) {
    return t('errorsDetailed.NO_SPACE', { needed: formatBytes(neededBytes), free: formatBytes(freeBytes) })
  }
  if (error.code === 'SHARE_MISTYPED' && wordNumber !== undefined) return t('errorsDetailed.SHARE_MISTYPED', { n: String(wordNumber) })
  if (error.code === 'LIMIT_EXCEEDED' && limit !== undefined) return t('errorsDetailed.LIMIT_EXCEEDED', { limit: String(limit) })
  if (error.code === 'TOKEN_PIN_WRONG' && pinState === 'final') return t('errorsDetailed.TOKEN_PIN_FINAL')
  if (error.code === 'TOKEN_PIN_WRONG' && pinState === 'locked') return t('errors.TOKEN_PIN_LOCKED')
  if (error.code === 'TOKEN_MODULE_UNSUITABLE' && moduleProblem !== undefined) return t(`errorsDetailed.TOKEN_MODULE_UNSUITABLE.${moduleProblem}`)
  if (error.code === 'TOKEN_TEMPLATE_REFUSED' && templateProblem !== undefined) return t(`tokenPage.problem.${templateProblem}`)
  if (error.code === 'TOKEN_KEY_NOT_EXTRACTABLE' && exportBarrier !== undefined) return t(`errorsDetailed.TOKEN_KEY_NOT_EXTRACTABLE.${exportBarrier}`)
  if (error.code === 'TOKEN_OBJECT_IN_USE' && vaultUse !== undefined) return t(`errorsDetailed.TOKEN_OBJECT_IN_USE.${vaultUse}`)
  if (tokenLabel !== undefined && isTokenMissed(error.code)) return t(`errorsDetailed.${error.code}`, { label: tokenLabel })
  if (error.code === 'INTERNAL' && incidentId !== undefined) return t('errorsDetailed.INTERNAL', { incident: incidentId })
  const sentence = t(`errors.${error.code}`)
  return rotationReason === undefined ? sentence : t('errorsDetailed.ROTATION_REASON', { sentence, reason: rotationReason })
}

/** Whether the text names the token that is wanted, when that is known. */
function isTokenMissed(code: ErrorCode): boolean {
  return code === 'TOKEN_NOT_FOUND' || code === 'TOKEN_LOGIN_NEEDED'
}
