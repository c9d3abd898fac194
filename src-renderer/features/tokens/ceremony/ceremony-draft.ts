import { shareLimits, splitProblem, type CeremonyKeySpec, type CeremonyPurpose, type SplitProblem } from '../../../../src-shared/model/ceremony'
import { tokenLimits } from '../../../../src-shared/model/tokens'

export const ceremonyKinds = ['generate', 'combine'] as const
export type CeremonyKind = (typeof ceremonyKinds)[number]

/** A row of the list of participants. */
export interface ParticipantRow {
  id: number
  name: string
}

/** What is asked for before a ceremony begins. */
export interface CeremonyDraft {
  kind: CeremonyKind
  label: string
  keySpec: CeremonyKeySpec
  purpose: CeremonyPurpose
  participants: ParticipantRow[]
  threshold: number
}

let lastRow = 0

export function newParticipant(): ParticipantRow {
  lastRow += 1
  return { id: lastRow, name: '' }
}

/** Three custodians, of whom two are needed. */
export function newCeremonyDraft(): CeremonyDraft {
  return { kind: 'generate', label: '', keySpec: 'AES_256', purpose: 'encrypt', participants: [newParticipant(), newParticipant(), newParticipant()], threshold: shareLimits.min }
}

export type DraftProblem = SplitProblem | 'label' | 'label-long'

/** What is missing before the ceremony can begin; null when nothing is. */
export function draftProblem({ kind, label, participants, threshold }: CeremonyDraft): DraftProblem | null {
  if (label.trim() === '') return 'label'
  if (new TextEncoder().encode(label.trim()).length > tokenLimits.objectLabelBytes) return 'label-long'
  return kind === 'generate' ? splitProblem({ participants: participants.map(({ name }) => name), threshold }) : null
}
