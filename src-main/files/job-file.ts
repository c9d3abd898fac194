import { basename } from 'node:path'
import type { FileState, JobFile } from '../../src-shared/contract/files'
import type { MissedToken } from '../../src-shared/token-waits'
import type { ErrorCode } from '../../src-shared/errors'
import type { JobItem } from './job-items'
import { Rate } from './rate'
import { TaskControl } from './task-control'

/** One file of a job: what is to be done with it, and how far it is. */
export class JobEntry {
  readonly index: number
  readonly item: JobItem
  control = new TaskControl()
  bytesTotal: number
  state: FileState = 'waiting'
  code: ErrorCode | null
  outputPath: string | null = null
  /** The token that it was refused for; it may be tried again when that is there. */
  waitsFor: MissedToken | null = null
  #rate: Rate | null = null

  constructor(index: number, item: JobItem) {
    this.index = index
    this.item = item
    this.bytesTotal = item.bytes
    this.code = item.problem
    if (item.problem !== null) this.state = 'failed'
  }

  get bytesDone(): number {
    return this.state === 'done' ? this.bytesTotal : Math.min(this.control.bytesDone, this.bytesTotal)
  }

  get isSettled(): boolean {
    return this.state !== 'waiting' && this.state !== 'running'
  }

  /** It is to be worked on as if nothing had been. */
  reset(): void {
    this.control = new TaskControl()
    this.settle('waiting')
  }

  start(nowMs: number): void {
    this.state = 'running'
    this.#rate = new Rate(nowMs)
  }

  settle(state: FileState, code: ErrorCode | null = null, waitsFor: MissedToken | null = null): void {
    this.state = state
    this.code = code
    this.waitsFor = waitsFor
    this.#rate = null
  }

  sample(nowMs: number): void {
    this.#rate?.sample(nowMs, this.bytesDone)
  }

  /** What the contract shows of it. */
  view(): JobFile {
    const { index, item, outputPath, state, bytesTotal, bytesDone, code } = this
    const outputName = outputPath === null ? null : [...item.folders, basename(outputPath)].join('/')
    const bytesPerSecond = this.#rate?.bytesPerSecond ?? 0
    const secondsLeft = this.#rate?.secondsLeft(bytesTotal - bytesDone) ?? null
    return { index, name: item.name, outputName, state, bytesTotal, bytesDone, bytesPerSecond, secondsLeft, code, tokenLabel: this.waitsFor?.label ?? null }
  }
}
