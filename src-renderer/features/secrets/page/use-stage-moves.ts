import { useI18n } from 'vue-i18n'
import type { SecretVersionView } from '../../../../src-shared/contract/secret-window'
import { currentStage } from '../../../../src-shared/model/secrets'
import { kms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { useToasts } from '../../../composables/use-toasts'

/** Gives, moves and takes stages of a secret, and tells the outcome; a move can be taken back from its message. */
export function useStageMoves(secretName: () => string, versions: () => readonly SecretVersionView[], onChanged: () => void) {
  const { t } = useI18n()
  const toasts = useToasts()

  const moving = useCall(async (versionStage: string, moveToVersion: string) => {
    const name = secretName()
    const before = versions().find(({ stages }) => stages.includes(versionStage))?.versionId
    if (before === moveToVersion) return
    await kms.updateSecretVersionStage({ secretName: name, versionStage, moveToVersion })
    const said = versionStage === currentStage ? t('secretPage.madeCurrent', { id: moveToVersion }) : t(before === undefined ? 'secretPage.stage.added' : 'secretPage.stage.moved', { stage: versionStage, id: moveToVersion })
    toasts.success(said, before === undefined ? undefined : { label: t('secretPage.moveBack'), run: () => void moveBack(name, versionStage, before) })
    onChanged()
  })
  const removing = useCall(async (versionStage: string, removeFromVersion: string) => {
    await kms.updateSecretVersionStage({ secretName: secretName(), versionStage, removeFromVersion })
    toasts.success(t('secretPage.stage.removed', { stage: versionStage }))
    onChanged()
  })

  async function moveBack(name: string, versionStage: string, moveToVersion: string): Promise<void> {
    try {
      await kms.updateSecretVersionStage({ secretName: name, versionStage, moveToVersion })
      toasts.success(t('secretPage.stage.moved', { stage: versionStage, id: moveToVersion }))
      onChanged()
    } catch (problem) {
      toasts.failure(problem)
    }
  }

  return { moving, removing }
}
