import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { JobFile, JobState, JobSummary } from '../../src-shared/contract/files'
import type { Caller } from '../../src-shared/model/caller'
import { missedToken, type MissedToken } from '../../src-shared/token-waits'
import { isKmsError, type ErrorCode } from '../../src-shared/errors'
import { uuid } from '../crypto/random'
import type { FileKeys } from '../keystore/file-keys'
import type { FileUse, FileUses } from '../keystore/file-uses'
import type { Clock, Log } from '../platform/ports'
import type { ItemResult, JobTools } from './crypt-file'
import { targetError } from './fs-errors'
import { JobEntry } from './job-file'
import type { JobItem } from './job-items'
import { syncFolder, type CollisionRule, type FreeBytes } from './output-file'
import { removeStaleParts } from './part-files'
import { Rate } from './rate'
import { UseRecorder } from './use-recorder'
import type { FileWorkers } from './worker-pool'

/** What every job works with. */
export interface JobServices {
  keys: FileKeys
  uses: FileUses
  workers: FileWorkers
  clock: Clock
  log: Log
  freeBytes?: FreeBytes
}

export interface JobOrder {
  caller: Caller
  kind: JobSummary['kind']
  /** For the headline. */
  title: string
  /** Finds out what there is to do. CANCELLED. */
  list: (signal: AbortSignal) => Promise<readonly JobItem[]>
  onCollision: CollisionRule
  /** Folders of outputs are made where they are missing. */
  makesFolders: boolean
  /** Called after the last item, when none was cancelled, with the codes of those that failed; the job ends with it. */
  completed?: (failures: ReadonlySet<ErrorCode>) => Promise<void>
}

/** Beyond the workers: opening, fsync and rename of small files wait for the disk, not for a processor. */
const extraFilesAtOnce = 4

/** One order about many files, from listing them to the last rename and the last entry in the vault. */
export class Job {
  readonly id = uuid()
  readonly #order: JobOrder
  readonly #services: JobServices
  readonly #changed: (summary: JobSummary) => void
  readonly #abort = new AbortController()
  readonly #startedMs: number
  readonly #rate: Rate
  readonly #folders = new Map<string, Promise<void>>()
  readonly #written = new Set<string>()
  readonly #recorder: UseRecorder
  #records: Promise<void>[] = []
  #finishedMs: number | null = null
  #state: JobState = 'preparing'
  #code: ErrorCode | null = null
  #entries: JobEntry[] = []

  #finished: Promise<JobSummary>

  constructor(order: JobOrder, services: JobServices, changed: (summary: JobSummary) => void) {
    this.#order = order
    this.#services = services
    this.#changed = changed
    this.#recorder = new UseRecorder(services.uses)
    this.#startedMs = services.clock.nowMs()
    this.#rate = new Rate(this.#startedMs)
    this.#finished = this.#run(order.list)
  }

  /** Resolves, never rejects, when every file is settled and nothing of the job runs any more. */
  get finished(): Promise<JobSummary> {
    return this.#finished
  }

  get isRunning(): boolean {
    return this.#finishedMs === null
  }

  /** Works again on the files that were refused for a token. False when there are none, or the job runs, or was cancelled. */
  resume(): boolean {
    const missed = this.#entries.filter(({ waitsFor }) => waitsFor !== null)
    if (this.isRunning || this.#abort.signal.aborted || missed.length === 0) return false
    for (const entry of missed) entry.reset()
    this.#state = 'preparing'
    this.#finishedMs = null
    this.#code = null
    this.#records = []
    this.#finished = this.#run(async () => null)
    return true
  }

  /** Stops within a batch of frames; unfinished outputs are removed. */
  cancel(): void {
    this.#abort.abort()
    for (const entry of this.#entries) entry.control.cancel()
  }

  /** Reckons speeds and tells listeners; called ten times a second while the job runs. */
  tick(): void {
    const now = this.#services.clock.nowMs()
    for (const entry of this.#entries) entry.sample(now)
    const summary = this.summary()
    this.#rate.sample(now, summary.bytesDone)
    this.#changed(summary)
  }

  summary(): JobSummary {
    const entries = this.#entries
    const count = (wanted: JobEntry['state']) => entries.reduce((total, { state }) => total + (state === wanted ? 1 : 0), 0)
    const missedTokens = this.isRunning || this.#abort.signal.aborted ? [] : missedTokensOf(entries)
    const bytesTotal = entries.reduce((total, entry) => total + entry.bytesTotal, 0)
    const bytesDone = entries.reduce((total, entry) => total + (entry.state === 'failed' ? entry.bytesTotal : entry.bytesDone), 0)
    return {
      jobId: this.id,
      kind: this.#order.kind,
      state: this.#state,
      startedAt: new Date(this.#startedMs).toISOString(),
      finishedAt: this.#finishedMs === null ? null : new Date(this.#finishedMs).toISOString(),
      filesTotal: entries.length,
      filesDone: count('done'),
      filesFailed: count('failed'),
      bytesTotal,
      bytesDone,
      bytesPerSecond: this.isRunning ? this.#rate.bytesPerSecond : 0,
      secondsLeft: this.#state === 'running' ? this.#rate.secondsLeft(bytesTotal - bytesDone) : null,
      title: this.#order.title,
      code: this.#code,
      ...(missedTokens.length > 0 && { missedTokens }),
    }
  }

  files(offset: number, count: number): { total: number; files: JobFile[] } {
    return { total: this.#entries.length, files: this.#entries.slice(offset, offset + count).map((entry) => entry.view()) }
  }

  /** Null when that file has no finished output. */
  outputPath(index: number): string | null {
    return this.#entries[index]?.outputPath ?? null
  }

  /** `list` gives null when what there is to do is known. */
  async #run(list: (signal: AbortSignal) => Promise<readonly JobItem[] | null>): Promise<JobSummary> {
    // The caller of the operation is answered with the job as it was ordered, before anything happens.
    await Promise.resolve()
    try {
      const items = await list(this.#abort.signal)
      if (items) this.#entries = items.map((item, index) => new JobEntry(index, item))
      this.#state = 'running'
      this.#changed(this.summary())
      const atOnce = this.#services.workers.size + extraFilesAtOnce
      const queue = this.#entries.values()
      await Promise.all(Array.from({ length: atOnce }, () => this.#drain(queue)))
      await Promise.all(this.#records)
      // Once for all outputs of a folder: it costs as much as the fsync of a file.
      await Promise.all([...this.#folders.keys()].map(syncFolder))
      if (!this.#isCancelled()) await this.#order.completed?.(new Set(this.#entries.flatMap(({ code }) => code ?? [])))
      this.#settle(this.#outcome())
    } catch (error) {
      this.#fail(error)
    }
    const summary = this.summary()
    this.#changed(summary)
    return summary
  }

  async #drain(queue: Iterator<JobEntry>): Promise<void> {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      if (!next.value.isSettled) await this.#process(next.value)
    }
  }

  async #process(entry: JobEntry): Promise<void> {
    if (this.#abort.signal.aborted) return entry.settle('cancelled', 'CANCELLED')
    entry.start(this.#services.clock.nowMs())
    try {
      const { outputPath, use } = await entry.item.crypt(this.#toolsFor(entry))
      // The next file need not wait for the vault; this one is not done before it.
      this.#records.push(this.#finish(entry, outputPath, use))
    } catch (error) {
      this.#settleFailure(entry, error)
    }
  }

  async #finish(entry: JobEntry, outputPath: ItemResult['outputPath'], use: FileUse | null): Promise<void> {
    try {
      if (use && outputPath !== null) await this.#recorder.record(use, dirname(outputPath))
    } catch (error) {
      // The file is good and stays; looking for encrypted files finds it again.
      this.#services.log.error('file-use-not-recorded', error, { jobId: this.id, index: entry.index })
    }
    entry.outputPath = outputPath
    entry.settle('done')
  }

  #toolsFor(entry: JobEntry): JobTools {
    const { keys, workers, freeBytes } = this.#services
    const { caller, onCollision } = this.#order
    return {
      caller,
      keys,
      workers,
      control: entry.control,
      signal: this.#abort.signal,
      output: { onCollision, written: this.#written, freeBytes },
      onSize: (bytes) => (entry.bytesTotal = bytes),
      prepareFolder: (folder) => this.#prepareFolder(folder),
    }
  }

  #settleFailure(entry: JobEntry, error: unknown): void {
    const code = isKmsError(error) ? error.code : 'INTERNAL'
    // A stop that was asked for shows itself in many ways, by a worker's end for instance.
    if (code === 'CANCELLED' || this.#abort.signal.aborted) return entry.settle('cancelled', 'CANCELLED')
    if (code === 'INTERNAL') this.#services.log.error('file-failed', error, { jobId: this.id, index: entry.index })
    entry.settle('failed', code, missedToken(error))
  }

  /** Once per folder: makes it where a tree is mirrored, and clears what a killed run has left. */
  #prepareFolder(folder: string): Promise<void> {
    const known = this.#folders.get(folder)
    if (known) return known
    const prepared = this.#makeFolder(folder)
    this.#folders.set(folder, prepared)
    return prepared
  }

  async #makeFolder(folder: string): Promise<void> {
    try {
      if (this.#order.makesFolders) await mkdir(folder, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw targetError(error)
    }
    await removeStaleParts(folder)
  }

  #isCancelled(): boolean {
    return this.#entries.some(({ state }) => state === 'cancelled')
  }

  #outcome(): JobState {
    if (this.#isCancelled()) return 'cancelled'
    const { filesDone, filesFailed } = this.summary()
    if (filesDone > 0 || filesFailed === 0) return 'done'
    this.#code = this.#entries.find(({ code }) => code !== null)?.code ?? null
    return 'failed'
  }

  #fail(error: unknown): void {
    if (isKmsError(error, 'CANCELLED')) return this.#settle('cancelled')
    this.#services.log.error('file-job-failed', error, { jobId: this.id })
    this.#code = isKmsError(error) ? error.code : 'INTERNAL'
    this.#settle('failed')
  }

  #settle(state: JobState): void {
    this.#state = state
    this.#finishedMs = this.#services.clock.nowMs()
  }
}

/** Each token once. */
function missedTokensOf(entries: readonly JobEntry[]): MissedToken[] {
  const missed = entries.flatMap(({ waitsFor }) => waitsFor ?? [])
  return [...new Map(missed.map((token) => [JSON.stringify(token), token])).values()]
}
