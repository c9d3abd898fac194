import { describe, expect, it } from 'vitest'
import { Rate } from '../../../src-main/files/rate'

describe('a rate', () => {
  it('knows nothing before the first sample', () => {
    const rate = new Rate(1000)
    expect(rate.bytesPerSecond).toBe(0)
    expect(rate.secondsLeft(10)).toBeNull()
    expect(rate.secondsLeft(0)).toBe(0)
  })

  it('follows a steady speed at once', () => {
    const rate = new Rate(1000)
    for (let tick = 1; tick <= 10; tick++) rate.sample(1000 + tick * 100, tick * 50)
    expect(rate.bytesPerSecond).toBeCloseTo(500)
    expect(rate.secondsLeft(1000)).toBeCloseTo(2)
  })

  it('smooths a jump and forgets it', () => {
    const rate = new Rate(0)
    rate.sample(100, 100)
    rate.sample(200, 10_000)
    expect(rate.bytesPerSecond).toBeGreaterThan(1000)
    expect(rate.bytesPerSecond).toBeLessThan(20_000)
    for (let tick = 3; tick < 200; tick++) rate.sample(tick * 100, 10_000)
    expect(rate.bytesPerSecond).toBeLessThan(10)
  })

  it('passes over a clock that stands still or goes back', () => {
    const rate = new Rate(1000)
    rate.sample(1000, 500)
    rate.sample(900, 500)
    expect(rate.bytesPerSecond).toBe(0)
  })
})
