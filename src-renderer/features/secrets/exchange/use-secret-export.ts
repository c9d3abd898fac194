import { computed, ref, shallowRef, watch } from 'vue'
import type { Response } from '../../../../src-shared/contract/operations'
import { kms, withSecrets } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { useVaultStore } from '../../../stores/vault'
import { useSecretWork } from '../use-secret-work'

export const exportFormats = ['kdbx', 'env', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** An export of the secrets of `folder`, or of all: how it is wanted, and what came of it. Nothing stops one that runs but the lock. */
export function useSecretExport(folder: () => string) {
  const vault = useVaultStore()
  const work = useSecretWork('export')
  const format = ref<ExportFormat>('kdbx')
  const passphrase = ref('')
  const isPassphraseReady = ref(false)
  const isConfirmed = ref(false)
  const onlyFolder = ref(false)
  const done = shallowRef<(Response<'exportSecrets'> & { name: string; isPlain: boolean }) | null>(null)
  const isPlain = computed(() => format.value !== 'kdbx')
  const canExport = computed(() => (isPlain.value ? isConfirmed.value : isPassphraseReady.value))

  /** A chosen target is good for one try, so it is chosen as part of the act; giving up the choice keeps the passphrase. */
  const exporting = useCall(async () => {
    const { target } = await kms.chooseSaveTarget({ what: format.value, suggestedName: `keystead-secrets.${format.value}` })
    if (target === null) return
    work.reset()
    const request = { format: format.value, target: target.handle, folder: onlyFolder.value ? folder() : '' }
    const answer = isPlain.value ? await kms.exportSecrets({ ...request, confirmPlain: true }) : await withSecrets([passphrase], (bytes) => kms.exportSecrets({ ...request, passphrase: bytes }))
    done.value = { ...answer, name: target.name, isPlain: isPlain.value }
  })
  /** The page has to stay: its outcome is told nowhere else. */
  const isHeld = computed(() => exporting.pending.value && vault.isUnlocked)

  watch(format, () => {
    isConfirmed.value = false
    passphrase.value = ''
    exporting.clear()
  })
  /** For the next export; the format is kept. */
  function startOver(): void {
    passphrase.value = ''
    isConfirmed.value = false
    onlyFolder.value = folder() !== ''
    done.value = null
    exporting.clear()
  }
  function submit(): void {
    if (canExport.value && !exporting.pending.value && done.value === null) void exporting.run()
  }
  return { format, passphrase, isPassphraseReady, isConfirmed, onlyFolder, done, isPlain, canExport, exporting, isHeld, progress: work.progress, startOver, submit }
}
