import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inSlices } from '../../../src-main/keystore/idle-work'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Work of so many steps, each of which takes a millisecond. */
function* steps(count: number, done: number[]): Generator<void> {
  for (let step = 0; step < count; step++) {
    done.push(step)
    vi.advanceTimersByTime(1)
    yield
  }
}

describe('work in slices', () => {
  it('begins after what runs now and is carried out in the end', () => {
    const done: number[] = []
    inSlices(steps(50, done))
    expect(done).toEqual([])
    vi.runAllTimers()
    expect(done).toEqual(Array.from({ length: 50 }, (_, step) => step))
  })

  it('lets other events have their turn', () => {
    const done: number[] = []
    inSlices(steps(50, done))
    vi.advanceTimersToNextTimer()
    expect(done.length).toBeGreaterThan(0)
    expect(done.length).toBeLessThan(50)
  })

  it('ends when it is stopped', () => {
    const done: number[] = []
    const stop = inSlices(steps(50, done))
    vi.advanceTimersToNextTimer()
    const before = done.length
    stop()
    vi.runAllTimers()
    expect(done.length).toBe(before)
  })
})
