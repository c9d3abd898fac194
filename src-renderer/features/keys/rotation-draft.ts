import { secondsPerDay } from '../../../src-shared/model/duration'
import { limits } from '../../../src-shared/model/limits'
import { rotationPresetDays } from '../../../src-shared/model/rotation'

/** How often a key is rotated, as a form holds it. */
export interface RotationDraft {
  choice: 'none' | 'custom' | `${(typeof rotationPresetDays)[number]}`
  /** Days of the choice `custom`; null while the field is empty. */
  customDays: number | null
}

export const noRotation = (): RotationDraft => ({ choice: 'none', customDays: null })

/** Days between rotations; null: no rotation, or a period that cannot be. */
export function rotationDays({ choice, customDays }: RotationDraft): number | null {
  if (choice === 'none' || (choice === 'custom' && isCustomFaulty(customDays))) return null
  return choice === 'custom' ? customDays : Number(choice)
}

/** True when the form says a period that cannot be. */
export function hasRotationFault({ choice, customDays }: RotationDraft): boolean {
  return choice === 'custom' && isCustomFaulty(customDays)
}

/** The form for a period in seconds; null: no period. */
export function rotationDraftOf(seconds: number | null): RotationDraft {
  if (seconds === null) return noRotation()
  const days = Math.round(seconds / secondsPerDay)
  const preset = rotationPresetDays.find((each) => each === days)
  return preset === undefined ? { choice: 'custom', customDays: days } : { choice: `${preset}`, customDays: null }
}

function isCustomFaulty(days: number | null): boolean {
  return days === null || !Number.isInteger(days) || days < limits.rotationMinDays || days > limits.rotationMaxDays
}
