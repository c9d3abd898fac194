import { limits } from './limits'
import { secondsPerDay } from './duration'
import { isSymmetric } from './key-specs'
import type { AutomaticRotation, KeyOrigin, KeySpec, KeyState } from './keys'

/** When a key is rotated without being asked (kms-api 1.5). */
export interface RotationPolicy {
  readonly isEnabled: boolean
  /** Kept while the rotation is off. Null: never set. */
  readonly intervalSeconds: number | null
}

/** The periods that people choose from, in days. */
export const rotationPresetDays = [30, 90, 180, 365] as const

/** Symmetric keys that were made here; keys with material from outside have one version for life. */
export function canRotateAutomatically(keySpec: KeySpec, origin: KeyOrigin): boolean {
  return isSymmetric(keySpec) && origin === 'Aliyun_KMS'
}

/** Null for a period that is allowed, otherwise a fixed phrase saying what is wrong. */
export function rotationIntervalProblem(seconds: number | null): string | null {
  const { rotationMinDays, rotationMaxDays } = limits
  if (seconds !== null && seconds >= rotationMinDays * secondsPerDay && seconds <= rotationMaxDays * secondsPerDay) return null
  return `must be a duration of ${rotationMinDays}d to ${rotationMaxDays}d`
}

/** A policy that is on reads Suspended while the key's state does not let it work. */
export function automaticRotationOf({ isEnabled }: RotationPolicy, keyState: KeyState): AutomaticRotation {
  if (!isEnabled) return 'Disabled'
  return keyState === 'Enabled' ? 'Enabled' : 'Suspended'
}

/** When the next rotation is due, milliseconds since the epoch; null when the policy is off. */
export function nextRotationAt({ isEnabled, intervalSeconds }: RotationPolicy, lastRotationAt: number): number | null {
  return isEnabled && intervalSeconds !== null ? lastRotationAt + intervalSeconds * 1000 : null
}
