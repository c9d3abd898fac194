import { secondsPerDay } from '../../../../src-shared/model/duration'
import { secretLimits } from '../../../../src-shared/model/secrets'

const secondsPerHour = 3600

/** Periods that are offered, in seconds. */
export const presetSeconds = [6 * secondsPerHour, secondsPerDay, 7 * secondsPerDay, 30 * secondsPerDay, 90 * secondsPerDay] as const

export const periodUnits = ['hours', 'days'] as const
export type PeriodUnit = (typeof periodUnits)[number]

/** How often a secret is rotated, as the form holds it. */
export interface PolicyDraft {
  isEnabled: boolean
  choice: 'custom' | `${(typeof presetSeconds)[number]}`
  /** Of the choice `custom`; null while the field is empty. */
  count: number | null
  unit: PeriodUnit
}

/** The form for what is set; a secret without a period is offered 30 days. */
export function policyDraftOf(isEnabled: boolean, intervalSeconds: number | null): PolicyDraft {
  const seconds = intervalSeconds ?? 30 * secondsPerDay
  const preset = presetSeconds.find((each) => each === seconds)
  const unit: PeriodUnit = seconds % secondsPerDay === 0 ? 'days' : 'hours'
  const count = Math.round(seconds / secondsOf(unit))
  return { isEnabled, choice: preset === undefined ? 'custom' : `${preset}`, count, unit }
}

/** Seconds of the period; null for one that cannot be. */
export function policySeconds({ choice, count, unit }: PolicyDraft): number | null {
  if (choice !== 'custom') return Number(choice)
  if (count === null || !Number.isInteger(count)) return null
  const seconds = count * secondsOf(unit)
  return seconds >= secretLimits.rotationMinSeconds && seconds <= secretLimits.rotationMaxSeconds ? seconds : null
}

/** Seconds cut into whole days, or whole hours where it is less or not whole. */
export function periodParts(seconds: number): { unit: PeriodUnit; n: number } {
  return seconds % secondsPerDay === 0 ? { unit: 'days', n: seconds / secondsPerDay } : { unit: 'hours', n: Math.round(seconds / secondsPerHour) }
}

function secondsOf(unit: PeriodUnit): number {
  return unit === 'days' ? secondsPerDay : secondsPerHour
}
