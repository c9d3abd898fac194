import type { Response } from '../../../../src-shared/contract/operations'

export type CalendarEntry = Response<'listRotationCalendar'>['entries'][number]

/** Entries that belong under one heading. `day` and `month` have the start of theirs, in milliseconds, local time. */
export interface CalendarGroup {
  kind: 'overdue' | 'today' | 'tomorrow' | 'day' | 'month'
  startMs: number
  entries: CalendarEntry[]
}

const nearDays = 14

/** What is overdue, then day by day for two weeks, then month by month. Entries come oldest first and stay so. */
export function calendarGroups(entries: readonly CalendarEntry[], nowMs: number): CalendarGroup[] {
  const groups = new Map<string, CalendarGroup>()
  for (const entry of entries) {
    const { kind, startMs } = placeOf(entry, nowMs)
    const key = `${kind} ${startMs}`
    const group = groups.get(key) ?? { kind, startMs, entries: [] }
    groups.set(key, group)
    group.entries.push(entry)
  }
  // Groups stand in the order of their first entries; the sort is stable.
  return [...groups.values()].toSorted((a, b) => Number(b.kind === 'overdue') - Number(a.kind === 'overdue'))
}

function placeOf({ date, isOverdue }: CalendarEntry, nowMs: number): { kind: CalendarGroup['kind']; startMs: number } {
  if (isOverdue) return { kind: 'overdue', startMs: 0 }
  const at = new Date(date)
  const now = new Date(nowMs)
  // By calendar: days are 23 to 25 hours long where clocks change.
  const days = Math.round((dayStart(at) - dayStart(now)) / 86_400_000)
  if (days <= 0) return { kind: 'today', startMs: dayStart(now) }
  if (days === 1) return { kind: 'tomorrow', startMs: dayStart(at) }
  if (days <= nearDays) return { kind: 'day', startMs: dayStart(at) }
  return { kind: 'month', startMs: new Date(at.getFullYear(), at.getMonth(), 1).getTime() }
}

function dayStart(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}
