import { computed, ref, watch, type Ref } from 'vue'
import type { RotationTargetView } from '../../../../src-shared/contract/secret-rotation'
import type { RotationTargetKind } from '../../../../src-shared/model/secrets'
import { kms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { argumentsOf, isOtherCommand, targetDraftOf, targetFault, targetRequest, type TargetDraft } from './target-draft'

interface TargetForm {
  isOpen: Ref<boolean>
  secretName: () => string
  kinds: () => readonly RotationTargetKind[]
  /** The target that is set. */
  target: () => RotationTargetView | null
  onSaved: () => void
}

/** What the panel of a target holds: the draft, what keeps it from being saved, and the saving. */
export function useTargetForm({ isOpen, secretName, kinds, target, onSaved }: TargetForm) {
  const draft = ref(targetDraftOf(target(), kinds()))
  const begun = ref(contentOf(draft.value))
  const isConfirmed = ref(false)
  /** Handle of the program that was sent to main: a choice is good for one try. */
  const spentHandle = ref<string | null>(null)

  const fault = computed(() => {
    const { kind, program } = draft.value
    return kind === 'command' && program !== null && program.handle === spentHandle.value ? ('program' as const) : targetFault(draft.value)
  })
  const needsConfirmation = computed(() => isOtherCommand(draft.value, target()))
  const canSave = computed(() => fault.value === null && (!needsConfirmation.value || isConfirmed.value))
  /** Closing would lose something. */
  const isDirty = computed(() => contentOf(draft.value) !== begun.value)

  const saving = useCall(async () => {
    const request = targetRequest(draft.value)
    // A program that is refused stays named, and has to be chosen again.
    if (draft.value.kind === 'command') spentHandle.value = draft.value.program?.handle ?? null
    await kms.setSecretRotationTarget({ secretName: secretName(), target: request })
    isOpen.value = false
    onSaved()
  })

  watch(isOpen, (open) => {
    if (!open || saving.pending.value) return
    draft.value = targetDraftOf(target(), kinds())
    begun.value = contentOf(draft.value)
    isConfirmed.value = false
    spentHandle.value = null
    saving.clear()
  })
  // What was confirmed is this choice of a program with these arguments.
  watch(
    () => JSON.stringify([draft.value.program?.handle, argumentsOf(draft.value)]),
    () => (isConfirmed.value = false),
  )
  function submit(): void {
    if (canSave.value && !saving.pending.value) void saving.run()
  }
  return { draft, isConfirmed, fault, needsConfirmation, canSave, isDirty, isSaving: saving.pending, error: saving.error, submit }
}

/** Everything of a draft that a user changes. */
function contentOf({ args, ...rest }: TargetDraft): string {
  return JSON.stringify([rest, args.map(({ text }) => text)])
}
