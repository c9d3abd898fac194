/** An all-day event. */
export interface CalendarEvent {
  /** Tells events apart when the calendar is read again; never changes for the same thing. */
  uid: string
  summary: string
  description: string
  /** Milliseconds since the epoch; the day is that of UTC. */
  at: number
}

const foldBytes = 75
const dayMs = 86_400_000

/** iCalendar (RFC 5545): UTF-8, CRLF, lines of at most 75 bytes that are folded between characters. */
export function writeCalendar(name: string, events: readonly CalendarEvent[], nowMs: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Keystead//Keystead//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${escaped(name)}`,
    ...events.flatMap((event) => eventLines(event, nowMs)),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

function eventLines({ uid, summary, description, at }: CalendarEvent, nowMs: number): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${escaped(uid)}`,
    `DTSTAMP:${utcTime(nowMs)}`,
    `DTSTART;VALUE=DATE:${day(at)}`,
    `DTEND;VALUE=DATE:${day(at + dayMs)}`,
    `SUMMARY:${escaped(summary)}`,
    ...(description === '' ? [] : [`DESCRIPTION:${escaped(description)}`]),
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

/** TEXT of RFC 5545 section 3.3.11; other control characters have no way to be written and are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, (character) => (character === '\t' ? character : ''))
}

/** A line longer than 75 bytes goes on in the next, behind a space. */
function folded(line: string): string {
  let result = ''
  let length = 0
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (length + size > foldBytes) {
      result += '\r\n '
      length = 1
    }
    result += character
    length += size
  }
  return result
}

function utcTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')
}
