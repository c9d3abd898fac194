import { zero } from '../../../src-main/crypto/bytes'
import { frameSteps, systemIo, type FrameIo, type FrameTask } from '../../../src-main/files/frame-task'
import type { TaskControl } from '../../../src-main/files/task-control'
import type { FileWorkers } from '../../../src-main/files/worker-pool'

/** Does the tasks on the main thread, one batch per turn of the event loop, with a disk of the test's choice. */
export class InThreadWorkers implements FileWorkers {
  readonly size = 2
  readonly #io: FrameIo
  /** Called before each batch. */
  beforeBatch: (task: FrameTask) => void | Promise<void> = () => undefined

  constructor(io: Partial<FrameIo> = {}) {
    this.#io = { ...systemIo, ...io }
  }

  async run(task: FrameTask, key: Uint8Array<ArrayBuffer>, control: TaskControl): Promise<void> {
    const steps = frameSteps(task, key, control, this.#io)
    try {
      do {
        await this.beforeBatch(task)
        await new Promise((resolve) => setImmediate(resolve))
      } while (!steps.next().done)
    } finally {
      zero(key)
    }
  }

  async close(): Promise<void> {}
}
