import { bareAlias } from '../../../../src-shared/model/alias'
import { limits } from '../../../../src-shared/model/limits'

/** Days that the deletion of a key waits when nothing else is chosen. */
export const usualDeletionDays = 30

/** Whether `days` may be the waiting time of a deletion. */
export function isDeletionWindow(days: number | null): days is number {
  return days !== null && Number.isInteger(days) && days >= limits.deletionMinDays && days <= limits.deletionMaxDays
}

/** Whether what was typed names the key: its id, or one of its aliases with or without the prefix. */
export function confirmsDeletion(typed: string, keyId: string, aliases: readonly string[]): boolean {
  const name = typed.trim()
  return name === keyId || aliases.includes(bareAlias(name))
}
