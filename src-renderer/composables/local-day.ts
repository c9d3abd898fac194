/** Seconds since the epoch at the end of a local day `YYYY-MM-DD`; null for anything else and for days that are over. */
export function endOfDay(day: string, nowMs: number): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  const end = new Date(`${day}T23:59:59`).getTime()
  return Number.isNaN(end) || end <= nowMs ? null : Math.floor(end / 1000)
}

/** The local day of a time, as a date field takes it. */
export function dayOf(ms: number): string {
  const date = new Date(ms)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
