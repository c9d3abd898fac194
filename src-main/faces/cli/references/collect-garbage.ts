import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Frees now what nothing uses any more: the database library keeps its file open until its objects are collected. Where
 * the runtime does not allow it, it is left for later.
 */
export async function collectGarbage(): Promise<void> {
  try {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    // What was pending in this turn may still be in use.
    await setImmediate()
    if (typeof collect === 'function') collect()
    await setImmediate()
  } catch {
    // Only a courtesy.
  }
}
