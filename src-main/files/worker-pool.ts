import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { KmsError } from '../../src-shared/errors'
import type { FrameTask } from './frame-task'
import type { TaskControl } from './task-control'
import { errorOf, type TaskMessage, type TaskReply } from './worker-messages'

/** Does the work on frames away from the main thread. */
export interface FileWorkers {
  /** How many tasks run at once. */
  readonly size: number
  /**
   * Runs one task; tasks wait when all workers are busy. Takes `key` over: it is empty afterwards. Fails with the codes
   * of frameSteps(), INTERNAL when the worker dies. Stops soon after control.cancel().
   */
  run(task: FrameTask, key: Uint8Array<ArrayBuffer>, control: TaskControl): Promise<void>
  /** Ends all workers; what still runs fails. */
  close(): Promise<void>
}

interface Waiting {
  message: TaskMessage
  resolve: () => void
  reject: (error: KmsError) => void
}

const mostWorkers = 4
const idleMs = 30_000

/** Workers from the bundle at `url`: made when needed, one per processor and at most four, ended when idle for half a minute. */
export function createWorkerPool(url: URL, size = Math.min(availableParallelism(), mostWorkers), idleLimitMs = idleMs): FileWorkers {
  return new WorkerPool(url, size, idleLimitMs)
}

class WorkerPool implements FileWorkers {
  readonly size: number
  readonly #url: URL
  readonly #idleLimitMs: number
  readonly #waiting: Waiting[] = []
  readonly #busy = new Map<Worker, Waiting>()
  readonly #idle = new Map<Worker, NodeJS.Timeout>()

  constructor(url: URL, size: number, idleLimitMs: number) {
    this.#url = url
    this.size = size
    this.#idleLimitMs = idleLimitMs
  }

  run(task: FrameTask, key: Uint8Array<ArrayBuffer>, control: TaskControl): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message: { task, key, control: control.memory }, resolve, reject })
      this.#next()
    })
  }

  async close(): Promise<void> {
    const workers = [...this.#busy.keys(), ...this.#idle.keys()]
    for (const { message, reject } of this.#waiting.splice(0)) {
      message.key.fill(0)
      reject(workerDied())
    }
    await Promise.all(workers.map((worker) => worker.terminate()))
  }

  #next(): void {
    if (this.#waiting.length === 0 || this.#busy.size >= this.size) return
    const worker = this.#takeIdle() ?? this.#start()
    const waiting = this.#waiting.shift()
    if (!waiting) return
    this.#busy.set(worker, waiting)
    worker.ref()
    worker.postMessage(waiting.message, [waiting.message.key.buffer as ArrayBuffer])
  }

  #takeIdle(): Worker | null {
    for (const [worker, timer] of this.#idle) {
      clearTimeout(timer)
      this.#idle.delete(worker)
      return worker
    }
    return null
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { name: 'files', env: {} })
    worker.on('message', (reply: TaskReply) => this.#finish(worker, reply))
    worker.on('error', (error) => this.#lost(worker, error))
    worker.on('exit', () => this.#lost(worker))
    return worker
  }

  #finish(worker: Worker, reply: TaskReply): void {
    const done = this.#busy.get(worker)
    this.#busy.delete(worker)
    const timer = setTimeout(() => this.#retire(worker), this.#idleLimitMs)
    timer.unref()
    worker.unref()
    this.#idle.set(worker, timer)
    if (reply) done?.reject(errorOf(reply))
    else done?.resolve()
    this.#next()
  }

  #retire(worker: Worker): void {
    this.#idle.delete(worker)
    void worker.terminate()
  }

  /** Fails the task of a worker that is gone; the next task gets a new one. */
  #lost(worker: Worker, cause?: unknown): void {
    clearTimeout(this.#idle.get(worker))
    this.#idle.delete(worker)
    const lost = this.#busy.get(worker)
    this.#busy.delete(worker)
    lost?.reject(workerDied(cause))
    this.#next()
  }
}

function workerDied(cause?: unknown): KmsError {
  return new KmsError('INTERNAL', 'The work on this file ended unexpectedly.', {}, cause)
}
