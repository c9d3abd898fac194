import { shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Response } from '../../../../src-shared/contract/operations'
import { kms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { useToasts } from '../../../composables/use-toasts'
import { useTokensStore } from '../../../stores/tokens'

/** A file that may be a module: found on this machine or chosen. */
export type FoundModule = Response<'findTokenModules'>['modules'][number]

/** Finds modules on this machine, and adds one. */
export function useAddModule(added: () => void = () => undefined) {
  const { t } = useI18n()
  const toasts = useToasts()
  const store = useTokensStore()
  const found = shallowRef<readonly FoundModule[] | null>(null)

  const finding = useCall(async () => {
    found.value = (await kms.findTokenModules()).modules
  })
  const adding = useCall(async (file: FoundModule, name: string, parameters: string) => {
    try {
      await kms.addTokenModule({ module: file.module, ...(name.trim() !== '' && { name: name.trim() }), ...(parameters.trim() !== '' && { parameters: parameters.trim() }) })
    } finally {
      // One that cannot be started now is kept nevertheless, and its row says what is wrong.
      await store.load()
      if (found.value !== null) await finding.run()
    }
    toasts.success(t('tokens.modules.added', { name: name.trim() || file.name }))
    added()
  })
  return { found, finding, adding }
}
