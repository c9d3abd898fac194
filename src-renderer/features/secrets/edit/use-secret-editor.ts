import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { kms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { saveDraft, type SavedPart, type SavedSecret } from './save-draft'
import { changesOf, draftFault, draftOf, emptyDraft, isSameDraft, type SecretDetails, type SecretDraft, type SecretKind } from './secret-draft'

interface Editor {
  isOpen: Ref<boolean>
  /** The secret that is edited; undefined while a new one is made. */
  existing: () => string | undefined
  folder: () => string | undefined
  onSaved: (saved: SavedSecret) => Promise<void>
  /** The panel was closed after a save that failed halfway, with the new name saved. */
  onRenamed: (secretName: string) => void
}

/** What the panel of a secret holds: the draft, the secret that it changes, and what became of saving it. */
export function useSecretEditor({ isOpen, existing, folder, onSaved, onRenamed }: Editor) {
  const draft = ref<SecretDraft | null>(null)
  const edited = shallowRef<SecretDetails | null>(null)
  /** The draft as it was before anything was typed. */
  const begun = shallowRef<SecretDraft | null>(null)
  const areTagsValid = ref(true)
  const savedPart = ref<SavedPart | null>(null)
  /** The secret that is edited, by the name that it has by now. */
  let wanted: string | undefined
  /** Its new name, which the page does not know yet. */
  let renamedTo: string | null = null

  const fault = computed(() => (draft.value === null ? null : draftFault(draft.value, areTagsValid.value, edited.value, Date.now())))
  const changes = computed(() => (draft.value === null || edited.value === null ? null : changesOf(draft.value, edited.value)))
  /** Closing would lose something. */
  const isDirty = computed(() => draft.value !== null && begun.value !== null && (!areTagsValid.value || !isSameDraft(draft.value, begun.value)))

  const loading = useCall(async (secretName: string) => {
    const details = await kms.getSecretDetails({ secretName })
    if (wanted !== secretName) return
    standOn(details)
    draft.value = draftOf(details)
  })
  const saving = useCall(async (typed: SecretDraft) => {
    const saved = await saveDraft(typed, edited.value, (part, now) => {
      savedPart.value = part
      standOn(now)
      renamedTo = now.row.secretName === existing() ? null : now.row.secretName
    })
    renamedTo = null
    isOpen.value = false
    await onSaved(saved)
  })
  const isChangedElsewhere = computed(() => saving.error.value?.code === 'SECRET_CHANGED')
  /** What a save that failed has saved all the same; names of the texts below `secretEdit.saved`. */
  const outcome = computed(() => {
    if (savedPart.value === null) return 'nothing'
    if (!changes.value?.renamed && !changes.value?.other) return 'allButValue'
    return savedPart.value === 'key' ? 'key' : 'part'
  })
  const canSave = computed(() => {
    const differs = changes.value === null || changes.value.value || changes.value.renamed || changes.value.other
    return draft.value !== null && fault.value === null && differs && !isChangedElsewhere.value
  })

  /** From here on the draft changes this. */
  function standOn(details: SecretDetails): void {
    edited.value = details
    begun.value = draftOf(details)
    wanted = details.row.secretName
  }
  function forget(): void {
    draft.value = null
    edited.value = null
    begun.value = null
    areTagsValid.value = true
    savedPart.value = null
    loading.clear()
    saving.clear()
  }
  async function load(secretName: string | undefined): Promise<void> {
    forget()
    wanted = secretName
    if (secretName !== undefined) await loading.run(secretName)
  }
  watch(
    [isOpen, existing],
    () => {
      if (saving.pending.value) return
      const untold = renamedTo
      renamedTo = null
      void load(isOpen.value ? existing() : undefined)
      if (untold !== null) onRenamed(untold)
    },
    { immediate: true },
  )

  function choose(kind: SecretKind): void {
    draft.value = emptyDraft(kind, folder())
    begun.value = emptyDraft(kind, folder())
  }
  function submit(): void {
    if (draft.value !== null && canSave.value && !saving.pending.value) void saving.run(draft.value)
  }
  return {
    draft, edited, areTagsValid, fault, isDirty, isChangedElsewhere, outcome, canSave, loadError: loading.error, saveError: saving.error, isSaving: saving.pending,
    choose, submit,
    /** To the choice of the kind. */
    back: forget,
    /** Takes what is there now as the base. */
    startOver: () => load(wanted ?? existing()),
  }
}
