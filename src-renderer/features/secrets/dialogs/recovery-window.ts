import { secretLimits } from '../../../../src-shared/model/secrets'

/** Days in the recycle bin when nothing else is chosen. */
export const usualRecoveryDays = 30

/** Whether `days` may be the time that a deleted secret waits. */
export function isRecoveryWindow(days: number | null): days is number {
  return days !== null && Number.isInteger(days) && days >= secretLimits.recoveryMinDays && days <= secretLimits.recoveryMaxDays
}
