import { describe, expect, it } from 'vitest'
import { durationParts, percentDone } from '../../../src-renderer/composables/progress'

describe('durationParts', () => {
  it.each([
    [0, { unit: 'seconds', s: 1 }],
    [0.2, { unit: 'seconds', s: 1 }],
    [59, { unit: 'seconds', s: 59 }],
    [59.5, { unit: 'minutes', m: 1, s: 0 }],
    [200, { unit: 'minutes', m: 3, s: 20 }],
    [3600, { unit: 'hours', h: 1, m: 0 }],
    [7384, { unit: 'hours', h: 2, m: 3 }],
  ])('cuts %d seconds', (seconds, parts) => {
    expect(durationParts(seconds)).toEqual(parts)
  })
})

describe('percentDone', () => {
  it('says 100 only when all is done', () => {
    expect(percentDone(999_999, 1_000_000)).toBe(99)
    expect(percentDone(1_000_000, 1_000_000)).toBe(100)
    expect(percentDone(1_000_001, 1_000_000)).toBe(100)
  })

  it('says 0 for nothing and for no bytes at all', () => {
    expect(percentDone(0, 10)).toBe(0)
    expect(percentDone(0, 0)).toBe(0)
  })
})
