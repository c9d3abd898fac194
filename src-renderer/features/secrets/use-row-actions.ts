import { useI18n } from 'vue-i18n'
import type { SecretRow } from '../../../src-shared/contract/secret-window'
import { kms } from '../../bridge'
import { useCopySecret } from '../../composables/use-copy-secret'
import { useToasts } from '../../composables/use-toasts'
import { partOf, type CopyWish } from './main-fields'

/** What can be done to a secret from the list, with its outcome told as a message where it is not seen at once. */
export function useRowActions() {
  const { t } = useI18n()
  const toasts = useToasts()
  const copySecret = useCopySecret()

  async function copy(secretName: string, wish: CopyWish): Promise<void> {
    try {
      const { fields } = await kms.getSecretDetails({ secretName })
      const part = partOf(wish, fields)
      if (part === null) return void toasts.info(t('secrets.nothingToCopy'))
      await copySecret({ secretName, as: part.as, ...(part.field === null ? {} : { field: part.field }) })
    } catch (problem) {
      toasts.failure(problem, t('secrets.clipboard.copyFailed'))
    }
  }

  async function toggleFavourite({ secretName, isFavourite }: Pick<SecretRow, 'secretName' | 'isFavourite'>): Promise<void> {
    try {
      await kms.changeSecret({ secretName, isFavourite: !isFavourite })
    } catch (problem) {
      toasts.failure(problem, t('secrets.changeFailed', { name: secretName }))
    }
  }

  return { copy, toggleFavourite }
}
