import type { AuditEntry } from '../../../src-shared/contract/vault'

/** Which day an entry belongs to, in local time; `today` and `yesterday` are said in words. */
export type Day = { kind: 'today' | 'yesterday' } | { kind: 'date'; text: string }

/** The local calendar day of an ISO time as a number that grows with time; NaN for text that is no time. */
export function dayNumber(time: string | number | Date): number {
  const date = new Date(time)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000
}

/** The day of `time` as seen at `now`, with the year only when it is another one. */
export function dayOf(time: string, now: Date, locale: string): Day {
  const age = dayNumber(now) - dayNumber(time)
  if (age === 0) return { kind: 'today' }
  if (age === 1) return { kind: 'yesterday' }
  const date = new Date(time)
  const year = date.getFullYear() === now.getFullYear() ? undefined : ('numeric' as const)
  return { kind: 'date', text: new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', year }).format(date) }
}

/** True when `entry` opens a new day below `previous`; the first row of a list always does. An unknown neighbour does not. */
export function startsDay(entry: AuditEntry, previous: AuditEntry | null | undefined, isFirst: boolean): boolean {
  if (isFirst) return true
  return previous ? dayNumber(previous.time) !== dayNumber(entry.time) : false
}
