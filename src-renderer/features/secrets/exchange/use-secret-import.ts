import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { ChosenPath } from '../../../../src-shared/contract/desktop'
import type { Response } from '../../../../src-shared/contract/operations'
import type { CsvRole, ImportRow } from '../../../../src-shared/contract/secret-exchange'
import { kms, withSecrets } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { useSecretWork } from '../use-secret-work'
import { plannedCounts, type ImportPreview, type NameChoice } from './import-plan'

export const importSteps = ['file', 'preview', 'results'] as const
export type ImportStep = (typeof importSteps)[number]

/** An import as it stands: the file, what main found in it, what is to be done, and what came of it. Never a value. */
export function useSecretImport() {
  const step = ref<ImportStep>('file')
  const file = shallowRef<ChosenPath | null>(null)
  const needsPassword = ref(false)
  /** A password was given and does not open the file. */
  const isPasswordWrong = ref(false)
  const password = ref('')
  const folder = ref('')
  const preview = shallowRef<ImportPreview | null>(null)
  const roles = ref<CsvRole[]>([])
  /** Rows that are left out, with how they stood. */
  const skipped = ref(new Map<number, ImportRow['status']>())
  const nameChoice = ref<NameChoice>('skip')
  const outcome = shallowRef<Response<'runSecretImport'> | null>(null)
  /** Grows with every other reading, so that lists ask again. */
  const reading = ref(0)
  const work = useSecretWork('import')

  const previewing = useCall(async (chosen: ChosenPath) => {
    const ask = (given?: Uint8Array) => kms.previewSecretImport({ file: chosen.handle, folder: folder.value.trim(), ...(given ? { password: given } : {}) })
    const found = await (password.value === '' ? ask() : withSecrets([password], ask))
    preview.value = found
    roles.value = found.columns?.map(({ role }) => role) ?? []
    skipped.value = new Map()
    needsPassword.value = false
    reading.value += 1
    step.value = 'preview'
  })
  const remapping = useCall(async () => {
    const before = preview.value
    if (before === null) return
    const { total, counts } = await kms.remapSecretImport({ importId: before.importId, folder: folder.value.trim(), ...(before.columns === null ? {} : { columns: [...roles.value] }) })
    const columns = before.columns?.map((column, at) => ({ ...column, role: roles.value[at] ?? column.role })) ?? null
    preview.value = { ...before, total, counts, columns }
    skipped.value = new Map()
    reading.value += 1
  })
  const running = useCall(async () => {
    if (preview.value === null) return
    work.reset()
    outcome.value = await kms.runSecretImport({ importId: preview.value.importId, skip: [...skipped.value.keys()].toSorted((a, b) => a - b), onNameTaken: nameChoice.value })
    step.value = 'results'
  })

  /** Reads a file; IMPORT_PASSWORD asks for one and keeps the file. */
  async function read(chosen: ChosenPath): Promise<void> {
    if (chosen !== file.value) {
      needsPassword.value = false
      password.value = ''
    }
    file.value = chosen
    const isPasswordGiven = password.value !== ''
    await previewing.run(chosen)
    const code = previewing.error.value?.code
    isPasswordWrong.value = isPasswordGiven && code === 'IMPORT_PASSWORD'
    if (code === 'IMPORT_PASSWORD') needsPassword.value = true
    else if (code !== undefined) file.value = null
  }

  /** Another file; what was found so far is forgotten, in main too. */
  function restart(): void {
    drop()
    step.value = 'file'
    file.value = null
    needsPassword.value = false
    password.value = ''
    outcome.value = null
    for (const call of [previewing, remapping, running]) call.clear()
  }
  function drop(): void {
    const importId = preview.value?.importId
    preview.value = null
    // What main keeps of it ends with the lock at the latest.
    if (importId !== undefined) kms.cancelSecretImport({ importId }).catch(() => undefined)
  }
  onScopeDispose(() => {
    password.value = ''
    drop()
  })

  function toggleRow({ index, status }: ImportRow): void {
    const next = new Map(skipped.value)
    if (!next.delete(index)) next.set(index, status)
    skipped.value = next
  }
  const plan = computed(() => {
    const counts = preview.value?.counts ?? { new: 0, taken: 0, refused: 0 }
    const of = (status: ImportRow['status']) => [...skipped.value.values()].filter((each) => each === status).length
    return plannedCounts(counts, { new: of('new'), taken: of('taken') }, nameChoice.value)
  })
  return { step, file, needsPassword, isPasswordWrong, password, folder, preview, roles, skipped, nameChoice, outcome, reading, plan, progress: work.progress, previewing, remapping, running, read, restart, toggleRow }
}

export type SecretImport = ReturnType<typeof useSecretImport>
