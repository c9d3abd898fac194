import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { z } from 'zod'
import type { fileSchemas, FileHeaderInfo, JobSummary } from '../../src-shared/contract/files'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import { systemCaller, type Caller } from '../../src-shared/model/caller'
import type { PathHandles } from '../platform/path-handles'
import { checkFileContext } from './codec/context'
import { decryptFile, encryptFile, type FileWork, type ItemResult } from './crypt-file'
import { inspectFile } from './inspect-file'
import { Job, type JobOrder, type JobServices } from './job'
import { itemsOf } from './job-items'

type RequestOf<N extends keyof typeof fileSchemas> = z.infer<(typeof fileSchemas)[N]['request']>
type ResponseOf<N extends keyof typeof fileSchemas> = z.infer<(typeof fileSchemas)[N]['response']>
type JobRequest = RequestOf<'decryptFiles'>

export interface FileJobsOptions extends JobServices {
  handles: PathHandles
}

const tickMs = 100
const finishedKept = 100

/** The file operations of the contract, and the jobs they start. Jobs live in memory until they are dismissed. */
export class FileJobs {
  readonly #services: JobServices
  readonly #handles: PathHandles
  readonly #jobs = new Map<string, Job>()
  readonly #listeners = new Set<(job: JobSummary) => void>()
  #ticking: NodeJS.Timeout | null = null

  constructor({ handles, ...services }: FileJobsOptions) {
    this.#services = services
    this.#handles = handles
  }

  /**
   * Starts encrypting; answers at once. HANDLE_INVALID, INVALID_PARAMETER (context, targetFile) and the codes of
   * FileKeys.requireToken(). What goes wrong with one file is told by that file of the job.
   */
  async encryptFiles(caller: Caller, request: RequestOf<'encryptFiles'>): Promise<ResponseOf<'encryptFiles'>> {
    const context = request.encryptionContext ?? {}
    checkFileContext(context)
    const { keyId } = this.#services.keys.resolveForEncryption(request.keyId)
    // Before the handles are spent.
    await this.#services.keys.requireToken(keyId)
    return this.#crypt(caller, 'encrypt', request, (work) => encryptFile(work, keyId, context))
  }

  /** Starts decrypting; answers at once. HANDLE_INVALID, INVALID_PARAMETER (targetFile). */
  async decryptFiles(caller: Caller, request: JobRequest): Promise<ResponseOf<'decryptFiles'>> {
    return this.#crypt(caller, 'decrypt', request, decryptFile)
  }

  /**
   * The header of a file; needs no vault. Authenticated only when a key of the unlocked vault has proven it.
   * HANDLE_INVALID, the codes of SourceFile, FILE_NOT_ENCRYPTED, FILE_UNSUPPORTED, FILE_MALFORMED, FILE_TRUNCATED.
   */
  async inspectFile({ file }: RequestOf<'inspectFile'>, caller: Caller = systemCaller('inspectFile')): Promise<{ header: FileHeaderInfo }> {
    return { header: await inspectFile(caller, this.#services.keys, this.#handles.redeem(file, 'source')) }
  }

  /** Starts a job; its state is told like that of every other. */
  start(order: JobOrder): JobSummary {
    const job = new Job(order, this.#services, (summary) => this.#tell(summary))
    this.#jobs.set(job.id, job)
    this.#forgetOldest()
    this.#tick()
    return job.summary()
  }

  /** Newest first. */
  listJobs(): ResponseOf<'listJobs'> {
    return { jobs: [...this.#jobs.values()].toReversed().map((job) => job.summary()) }
  }

  /** JOB_NOT_FOUND. */
  listJobFiles({ jobId, offset, count }: RequestOf<'listJobFiles'>): ResponseOf<'listJobFiles'> {
    return this.#find(jobId).files(offset, count)
  }

  /** Asks a job to stop; no effect on a finished one. JOB_NOT_FOUND. */
  cancelJob({ jobId }: RequestOf<'cancelJob'>): ResponseOf<'cancelJob'> {
    const job = this.#find(jobId)
    if (job.isRunning) job.cancel()
    return {}
  }

  /**
   * Goes on with the files of a finished job that were refused for a token, the rest stays as it is. JOB_NOT_FOUND;
   * INVALID_PARAMETER while it runs, and when there are none.
   */
  resumeJob({ jobId }: RequestOf<'resumeJob'>): ResponseOf<'resumeJob'> {
    const job = this.#find(jobId)
    if (!job.resume()) throw invalidParameter('jobId', 'names a job of which nothing waits for a token')
    this.#tick()
    return { job: job.summary() }
  }

  /** Forgets a finished job. JOB_NOT_FOUND; INVALID_PARAMETER while it runs. */
  dismissJob({ jobId }: RequestOf<'dismissJob'>): ResponseOf<'dismissJob'> {
    if (this.#find(jobId).isRunning) throw invalidParameter('jobId', 'names a job that is still running')
    this.#jobs.delete(jobId)
    return {}
  }

  /** Path of a finished output. JOB_NOT_FOUND when there is none. */
  outputPath(jobId: string, index: number): string {
    const path = this.#find(jobId).outputPath(index)
    if (path === null) throw jobNotFound()
    return path
  }

  /** Called at each change of state and ten times a second while a job runs. Returns what ends it. */
  onChange(listener: (job: JobSummary) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Stops every job and waits until nothing of them runs and no unfinished output is left; for the lock. */
  async cancelAll(): Promise<void> {
    const running = this.#running()
    for (const job of running) job.cancel()
    await Promise.all(running.map((job) => job.finished))
  }

  /** Resolves when the job is finished. JOB_NOT_FOUND. */
  async waitFor(jobId: string): Promise<JobSummary> {
    return this.#find(jobId).finished
  }

  async #crypt(caller: Caller, kind: 'encrypt' | 'decrypt', request: JobRequest, crypt: (work: FileWork) => Promise<ItemResult>): Promise<{ job: JobSummary }> {
    const { onCollision, targetFile, targetFolder } = request
    const sources = request.sources.map((handle) => this.#handles.redeem(handle, 'source'))
    const folder = targetFolder === undefined ? null : this.#handles.redeem(targetFolder, 'folder')
    const file = targetFile === undefined ? null : this.#handles.redeem(targetFile, 'target')
    if (file !== null) await checkTargetFile(sources, folder)
    const choice = { kind, sources, destination: { file, folder } }
    const title = basename(sources[0] ?? '')
    return { job: this.start({ caller, kind, title, onCollision, makesFolders: folder !== null, list: (signal) => itemsOf(choice, signal, crypt) }) }
  }

  #find(jobId: string): Job {
    const job = this.#jobs.get(jobId)
    if (!job) throw jobNotFound()
    return job
  }

  #running(): Job[] {
    return [...this.#jobs.values()].filter((job) => job.isRunning)
  }

  #tell(summary: JobSummary): void {
    for (const listener of this.#listeners) listener(summary)
  }

  #tick(): void {
    if (this.#ticking) return
    this.#ticking = setInterval(() => {
      const running = this.#running()
      for (const job of running) job.tick()
      if (running.length > 0 || !this.#ticking) return
      clearInterval(this.#ticking)
      this.#ticking = null
    }, tickMs)
    this.#ticking.unref()
  }

  #forgetOldest(): void {
    const finished = [...this.#jobs.values()].filter((job) => !job.isRunning)
    for (const job of finished.slice(0, Math.max(0, finished.length - finishedKept))) this.#jobs.delete(job.id)
  }
}

async function checkTargetFile(sources: readonly string[], folder: string | null): Promise<void> {
  const [source, ...others] = sources
  if (source === undefined || others.length > 0 || folder !== null) throw invalidParameter('targetFile', 'needs exactly one source and no target folder')
  const isFolder = await stat(source).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (isFolder) throw invalidParameter('targetFile', 'needs a source that is a file')
}

function jobNotFound(): KmsError {
  return new KmsError('JOB_NOT_FOUND', 'There is no such job or output.')
}
