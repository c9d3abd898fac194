import { basename, dirname, join } from 'node:path'
import type { FileState, JobFile } from '../../src-shared/contract/files'
import type { ErrorCode } from '../../src-shared/errors'
import { decryptedName, encryptedName } from './output-names'
import { Rate } from './rate'
import { TaskControl } from './task-control'
import type { FoundFile } from './walk'

/** Where outputs go: an exact path, a folder that mirrors what was chosen, or (both null) beside each source. */
export interface Destination {
  file: string | null
  folder: string | null
}

/** One file of a job: where it comes from, where it goes, how far it is. */
export class JobEntry {
  readonly index: number
  readonly found: FoundFile
  readonly target: string
  readonly control = new TaskControl()
  bytesTotal: number
  state: FileState = 'waiting'
  code: ErrorCode | null
  outputPath: string | null = null
  #rate: Rate | null = null

  constructor(index: number, found: FoundFile, kind: 'encrypt' | 'decrypt', destination: Destination) {
    this.index = index
    this.found = found
    this.target = targetOf(found, kind, destination)
    this.bytesTotal = found.bytes
    this.code = found.problem
    if (found.problem !== null) this.state = 'failed'
  }

  get bytesDone(): number {
    return this.state === 'done' ? this.bytesTotal : Math.min(this.control.bytesDone, this.bytesTotal)
  }

  get isSettled(): boolean {
    return this.state !== 'waiting' && this.state !== 'running'
  }

  start(nowMs: number): void {
    this.state = 'running'
    this.#rate = new Rate(nowMs)
  }

  settle(state: FileState, code: ErrorCode | null = null): void {
    this.state = state
    this.code = code
    this.#rate = null
  }

  sample(nowMs: number): void {
    this.#rate?.sample(nowMs, this.bytesDone)
  }

  /** What the contract shows of it. */
  view(): JobFile {
    const { index, found, outputPath, state, bytesTotal, bytesDone, code } = this
    const outputName = outputPath === null ? null : [...found.folders, basename(outputPath)].join('/')
    const bytesPerSecond = this.#rate?.bytesPerSecond ?? 0
    const secondsLeft = this.#rate?.secondsLeft(bytesTotal - bytesDone) ?? null
    return { index, name: found.name, outputName, state, bytesTotal, bytesDone, bytesPerSecond, secondsLeft, code }
  }
}

function targetOf({ path, folders }: FoundFile, kind: 'encrypt' | 'decrypt', { file, folder }: Destination): string {
  if (file !== null) return file
  const name = kind === 'encrypt' ? encryptedName(basename(path)) : decryptedName(basename(path))
  return folder === null ? join(dirname(path), name) : join(folder, ...folders, name)
}
