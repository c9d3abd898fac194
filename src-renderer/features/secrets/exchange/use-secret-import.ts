import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { ChosenPath } from '../../../../src-shared/contract/desktop'
import type { Response } from '../../../../src-shared/contract/operations'
import type { CsvRole, ImportRow } from '../../../../src-shared/contract/secret-exchange'
import { kms, withSecrets } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { useSecretWork } from '../use-secret-work'
import { importFolderFault, plannedCounts, type ImportPreview, type NameChoice } from './import-plan'
import { rowStatuses } from './row-statuses'

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
  /** By hand: what was not imported by then is left out. */
  const isStopped = ref(false)
  let isLeft = false

  const previewing = useCall(async (chosen: ChosenPath) => {
    const ask = (given?: Uint8Array) => kms.previewSecretImport({ file: chosen.handle, ...(given ? { password: given } : {}) })
    const found = await (password.value === '' ? ask() : withSecrets([password], ask))
    if (isLeft) return forget(found.importId)
    preview.value = found
    roles.value = found.columns?.map(({ role }) => role) ?? []
    skipped.value = new Map()
    remapping.clear()
    needsPassword.value = false
    reading.value += 1
    step.value = 'preview'
  })
  const remapping = useCall(async () => {
    const before = preview.value
    if (before === null) return
    const { importId } = before
    const asked = [...roles.value]
    const isSameReading = before.columns?.every(({ role }, at) => role === asked[at]) ?? true
    const { total, counts } = await kms.remapSecretImport({ importId, folder: folder.value.trim(), ...(before.columns === null ? {} : { columns: asked }) })
    // In another folder the rows are the same, but other names may be taken; another reading may have other rows.
    const statuses = isSameReading ? await rowStatuses(importId, skipped.value.keys()) : null
    if (preview.value?.importId !== importId) return
    const columns = before.columns?.map((column, at) => ({ ...column, role: asked[at] ?? column.role })) ?? null
    preview.value = { ...before, total, counts, columns }
    skipped.value = new Map(statuses === null ? [] : [...skipped.value].map(([index, status]) => [index, statuses.get(index) ?? status] as const))
    reading.value += 1
  })
  const running = useCall(async () => {
    if (preview.value === null) return
    isStopped.value = false
    stopping.clear()
    work.reset()
    outcome.value = await kms.runSecretImport({ importId: preview.value.importId, skip: [...skipped.value.keys()].toSorted((a, b) => a - b), onNameTaken: nameChoice.value })
    step.value = 'results'
  })
  const stopping = useCall(async () => {
    if (preview.value === null) return
    await kms.cancelSecretImport({ importId: preview.value.importId })
    isStopped.value = true
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

  const isStopping = computed(() => stopping.pending.value || isStopped.value)
  /** Ends an import that runs after what it is writing; what came of it so far is then shown. */
  function stop(): void {
    if (running.pending.value && !isStopping.value) void stopping.run()
  }
  /** Another file; what was found so far is forgotten, in main too. */
  function restart(): void {
    drop()
    step.value = 'file'
    file.value = null
    needsPassword.value = false
    password.value = ''
    folder.value = ''
    nameChoice.value = 'skip'
    outcome.value = null
    previewing.clear()
    running.clear()
  }
  function drop(): void {
    const importId = preview.value?.importId
    preview.value = null
    if (importId !== undefined) forget(importId)
  }
  onScopeDispose(() => {
    isLeft = true
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
  const folderProblem = computed(() => importFolderFault(folder.value.trim()))
  /** There is something to import, and main has it as it is shown. */
  const canRun = computed(() => plan.value.creates + plan.value.versions > 0 && folderProblem.value === null && !remapping.pending.value && remapping.error.value === null)
  return {
    step, file, needsPassword, isPasswordWrong, password, folder, folderProblem, preview, roles, skipped, nameChoice, plan, canRun, outcome, isStopped, isStopping, reading, progress: work.progress,
    previewing, remapping, running, stopping, read, stop, restart, toggleRow,
  }
}

/** What main keeps of an import ends with the lock at the latest. */
function forget(importId: string): void {
  kms.cancelSecretImport({ importId }).catch(() => undefined)
}

export type SecretImport = ReturnType<typeof useSecretImport>
