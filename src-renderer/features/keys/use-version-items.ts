import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { KeyVersionDetails } from '../../../src-shared/contract/key-window'

/** The versions of a key to choose from, newest first. Their ids differ only after the last hyphen, so that part is shown. */
export function useVersionItems(versions: () => readonly KeyVersionDetails[]) {
  const { t } = useI18n()
  return computed(() =>
    versions()
      .map(({ keyVersionId }, place) => ({
        value: keyVersionId,
        label: t('workbench.version', { n: place + 1, id: keyVersionId.slice(keyVersionId.lastIndexOf('-') + 1) }),
      }))
      .toReversed(),
  )
}
