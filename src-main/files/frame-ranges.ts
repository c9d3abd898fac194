import { copyBytes } from '../crypto/bytes'
import type { CryptTask, ReencryptTask } from './frame-task'
import type { TaskControl } from './task-control'
import type { FileWorkers } from './worker-pool'
import type { BodyLayout } from './codec/layout'

/** All frames of one file. */
export type WholeTask = Omit<CryptTask, 'first' | 'last'> | Omit<ReencryptTask, 'first' | 'last'>

/** Below this a second worker costs more than it brings. */
const leastRangeBytes = 16 * 1024 * 1024

/**
 * Does the work on all frames, large files in as many ranges as there are workers. Waits for every range, whatever
 * happens to the others, so that the descriptors may be closed afterwards. Borrows `key`. The first failure that is not
 * the cancellation of the others is thrown.
 */
export async function runFrames(workers: FileWorkers, task: WholeTask, key: Uint8Array, control: TaskControl): Promise<void> {
  let failure: unknown = null
  const runs = rangesOf(task.layout, workers.size).map(([first, last]) =>
    workers.run({ ...task, first, last }, copyBytes(key), control).catch((error: unknown) => {
      failure ??= error
      control.cancel()
    }),
  )
  await Promise.all(runs)
  if (failure !== null) throw failure
}

function rangesOf({ frameCount, frameLength }: BodyLayout, most: number): [number, number][] {
  const wanted = Math.floor((frameCount * frameLength) / leastRangeBytes)
  const count = Math.max(1, Math.min(most, wanted, frameCount))
  const edge = (index: number) => Math.round((frameCount * index) / count)
  return Array.from({ length: count }, (_none, index) => [edge(index) + 1, edge(index + 1)])
}
