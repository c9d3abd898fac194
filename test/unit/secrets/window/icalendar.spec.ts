import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeCalendar, type CalendarEvent } from '../../../../src-main/secrets/window/icalendar'

const now = Date.UTC(2026, 6, 29, 12, 30, 5)
const event: CalendarEvent = { uid: 'a@keystead', summary: 'Rotate db/main', description: '', at: Date.UTC(2026, 11, 31, 23, 59) }

/** Reads lines as RFC 5545 says: folds are undone, and text values are unescaped. */
function linesOf(calendar: string): [string, string][] {
  return calendar
    .replaceAll('\r\n ', '')
    .split('\r\n')
    .filter(Boolean)
    .map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).replaceAll(/\\(.)/g, (_all, character: string) => (character === 'n' ? '\n' : character))]
    })
}

describe('writeCalendar', () => {
  it('writes all-day events in UTC', () => {
    expect(writeCalendar('Keystead', [event], now)).toBe(
      [
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:-//Keystead//Keystead//EN',
        'CALSCALE:GREGORIAN',
        'X-WR-CALNAME:Keystead',
        'BEGIN:VEVENT',
        'UID:a@keystead',
        'DTSTAMP:20260729T123005Z',
        'DTSTART;VALUE=DATE:20261231',
        'DTEND;VALUE=DATE:20270101',
        'SUMMARY:Rotate db/main',
        'TRANSP:TRANSPARENT',
        'END:VEVENT',
        'END:VCALENDAR',
        '',
      ].join('\r\n'),
    )
  })

  it('escapes what has a meaning, and leaves out what cannot be written', () => {
    const calendar = writeCalendar('a;b,c\\d', [{ ...event, summary: 'x\r\nBEGIN:VEVENT\u0007\u0000', description: 'tab\there' }], now)
    expect(calendar).toContain('X-WR-CALNAME:a\\;b\\,c\\\\d\r\n')
    expect(calendar).toContain('SUMMARY:x\\nBEGIN:VEVENT\r\n')
    expect(calendar).toContain('DESCRIPTION:tab\there\r\n')
    expect(calendar.match(/^BEGIN:VEVENT/gm)).toHaveLength(1)
  })

  it('folds lines at 75 bytes between characters, and what was folded reads back', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'é', '钥', '🔑', ',', '\\', ' '), maxLength: 300 })
    fc.assert(
      fc.property(texts, (summary) => {
        const calendar = writeCalendar('x', [{ ...event, summary }], now)
        expect(calendar.split('\r\n').every((line) => Buffer.byteLength(line) <= 75 && !line.includes('\uFFFD'))).toBe(true)
        expect(linesOf(calendar).find(([name]) => name === 'SUMMARY')?.[1]).toBe(summary)
      }),
    )
  })
})
