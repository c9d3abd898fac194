import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../../src-shared/contract/vault'
import { dayNumber, dayOf, startsDay } from '../../../src-renderer/features/audit/days'

/** Local times, so that the expectations hold in every time zone. */
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString()
const now = new Date(2026, 7, 20, 9, 30)
const entry = (time: string): AuditEntry => ({
  sequence: 1,
  time,
  face: 'ipc',
  client: 'window',
  operation: 'createKey',
  resource: '',
  result: 'ok',
  code: null,
})

describe('dayOf', () => {
  it('says today and yesterday by the local calendar, not by hours', () => {
    expect(dayOf(at(2026, 7, 20, 0, 0), now, 'en')).toEqual({ kind: 'today' })
    expect(dayOf(at(2026, 7, 19, 23, 59), now, 'en')).toEqual({ kind: 'yesterday' })
    expect(dayOf(at(2026, 7, 19, 0, 0), now, 'en')).toEqual({ kind: 'yesterday' })
  })

  it('writes older days, with the year only when it is another', () => {
    expect(dayOf(at(2026, 7, 18, 12, 0), now, 'en')).toEqual({ kind: 'date', text: 'Tue, Aug 18' })
    expect(dayOf(at(2025, 11, 31, 12, 0), now, 'en')).toEqual({ kind: 'date', text: 'Wed, Dec 31, 2025' })
    expect(dayOf(at(2026, 7, 18, 12, 0), now, 'zh-CN')).toEqual({ kind: 'date', text: '8月18日周二' })
  })

  it('counts days across a month', () => {
    expect(dayNumber(new Date(2026, 8, 1)) - dayNumber(new Date(2026, 7, 31))).toBe(1)
  })
})

describe('startsDay', () => {
  const morning = entry(at(2026, 7, 20, 8, 0))
  const evening = entry(at(2026, 7, 19, 20, 0))

  it('opens a day at the first row and wherever the day changes', () => {
    expect(startsDay(morning, null, true)).toBe(true)
    expect(startsDay(evening, morning, false)).toBe(true)
    expect(startsDay(entry(at(2026, 7, 20, 7, 0)), morning, false)).toBe(false)
  })

  it('stays silent while the row above is not loaded', () => {
    expect(startsDay(morning, undefined, false)).toBe(false)
  })
})
