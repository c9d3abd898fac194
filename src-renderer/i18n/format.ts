const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A size in binary units: 3 B, 12.4 KiB, 1.25 GiB. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  const digits = step === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${units[step] ?? 'B'}`
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Making a formatter takes a hundred times as long as using it, and lists format several times in each row. */
function formatterOf(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = [language, options.dateStyle, options.timeStyle].join()
  const formatter = formatters.get(name) ?? new Intl.DateTimeFormat(language, options)
  formatters.set(name, formatter)
  return formatter
}

/** Local date and time with seconds and zone, for tooltips. */
export function formatExactTime(iso: string, language: string): string {
  return formatterOf(language, { dateStyle: 'long', timeStyle: 'long' }).format(new Date(iso))
}

/** A local date without the time of day, as in a sentence. */
export function formatDate(time: string | number, language: string): string {
  return formatterOf(language, { dateStyle: 'long' }).format(new Date(time))
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** "3 min ago" within the last day, the local date and time of day otherwise; `dateOnly` leaves the time of day out. */
export function formatTime(iso: string, language: string, nowMs: number, dateOnly = false): string {
  const then = Date.parse(iso)
  const passed = nowMs - then
  if (passed < -minute || passed >= day) {
    return formatterOf(language, { dateStyle: 'medium', timeStyle: dateOnly ? undefined : 'short' }).format(then)
  }
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
  if (passed < minute) return relative.format(0, 'second')
  if (passed < hour) return relative.format(-Math.floor(passed / minute), 'minute')
  return relative.format(-Math.floor(passed / hour), 'hour')
}

/** Names joined as a language does it: "a, b and c". */
export function formatList(parts: readonly string[], language: string): string {
  return new Intl.ListFormat(language === 'en' ? 'en-GB' : language, { type: 'conjunction' }).format(parts)
}

/** Sentences one after the other, as the language writes them; those that are null are left out. */
export function joinSentences(sentences: readonly (string | null)[], language: string): string {
  return sentences.filter((sentence) => sentence !== null).join(language.startsWith('zh') ? '' : ' ')
}

/** Words one after the other, as the language separates them. */
export function joinWords(words: readonly string[], language: string): string {
  return words.join(language.startsWith('zh') ? '、' : ', ')
}

/** A long id shortened in the middle: first `head` and last `tail` characters. */
export function shortenMiddle(text: string, head = 10, tail = 6): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`
}
