import { expect, test, vi } from 'vitest'
import { TokenWatch } from '../../../src-main/app/token-watch'

/** A watch whose timer and answers the test owns. */
function watched() {
  const ends: (() => void)[] = []
  const state = { isWanted: true, tick: null as (() => void) | null }
  const look = vi.fn(() => new Promise<void>((resolve, reject) => ends.push(resolve, () => reject(new Error('no answer')))))
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const watch = new TokenWatch({
    look,
    isWanted: () => state.isWanted,
    every: (_intervalMs, work) => {
      state.tick = work
      return () => (state.tick = null)
    },
    log,
  })
  return { watch, state, look, log, ends }
}

test('looks while somebody is there to see it, and once at a time', async () => {
  const { watch, state, look, ends } = watched()
  state.tick?.()
  state.tick?.()
  expect(look).toHaveBeenCalledTimes(1)
  ends[0]?.()
  await vi.waitFor(() => {
    state.tick?.()
    expect(look).toHaveBeenCalledTimes(2)
  })
  ends[2]?.()
  await Promise.resolve()
  state.isWanted = false
  state.tick?.()
  expect(look).toHaveBeenCalledTimes(2)
  watch.stop()
  expect(state.tick).toBeNull()
})

test('goes on after a look that failed, which is logged', async () => {
  const { state, look, log, ends } = watched()
  state.tick?.()
  ends[1]?.()
  await vi.waitFor(() => expect(log.error).toHaveBeenCalledWith('token-look', expect.any(Error)))
  state.tick?.()
  expect(look).toHaveBeenCalledTimes(2)
})
