import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileJobs, type FileJobsOptions } from '../../../src-main/files/file-jobs'
import type { CollisionRule } from '../../../src-main/files/output-file'
import { PathHandles } from '../../../src-main/platform/path-handles'
import type { JobFile, JobSummary } from '../../../src-shared/contract/files'
import { InThreadWorkers } from './in-thread-workers'
import { caller, keyId, OneKey, RecordedFiles } from './support'

export interface RunOptions {
  folder?: string
  file?: string
  onCollision?: CollisionRule
  context?: Record<string, string>
}

export interface Finished {
  job: JobSummary
  files: JobFile[]
}

/** The code of each file; null for one that is done. */
export const codesOf = ({ files }: Pick<Finished, 'files'>) => files.map(({ code }) => code)

/** FileJobs in a temporary folder, on one key. */
export class JobsFixture {
  readonly keys = new OneKey()
  readonly uses = new RecordedFiles()
  readonly handles = new PathHandles()
  readonly logged: unknown[] = []
  readonly root: string
  readonly jobs: FileJobs

  private constructor(root: string, options: Partial<FileJobsOptions>) {
    this.root = root
    const log = { info: () => undefined, warn: () => undefined, error: (_event: string, cause: unknown) => void this.logged.push(cause) }
    const clock = { nowMs: () => Date.now() }
    this.jobs = new FileJobs({ keys: this.keys, uses: this.uses, handles: this.handles, clock, workers: new InThreadWorkers(), log, ...options })
  }

  static async create(options: Partial<FileJobsOptions> = {}): Promise<JobsFixture> {
    return new JobsFixture(await mkdtemp(join(tmpdir(), 'files-')), options)
  }

  async remove(): Promise<void> {
    await this.jobs.cancelAll()
    await rm(this.root, { recursive: true, force: true })
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts)
  }

  async write(name: string, content: Uint8Array | string): Promise<string> {
    await writeFile(this.path(name), content)
    return this.path(name)
  }

  read(...parts: string[]): Promise<Uint8Array> {
    return readFile(this.path(...parts)).then((bytes) => new Uint8Array(bytes))
  }

  /** Every file and folder below the root, sorted, relative. */
  async names(): Promise<string[]> {
    return (await readdir(this.root, { recursive: true })).toSorted()
  }

  async startEncrypt(sources: string[], options: RunOptions = {}): Promise<JobSummary> {
    return (await this.jobs.encryptFiles(caller, { ...this.#request(sources, options), keyId, encryptionContext: options.context })).job
  }

  async startDecrypt(sources: string[], options: RunOptions = {}): Promise<JobSummary> {
    return (await this.jobs.decryptFiles(caller, this.#request(sources, options))).job
  }

  async encrypt(sources: string[], options: RunOptions = {}): Promise<Finished> {
    return this.finish(await this.startEncrypt(sources, options))
  }

  async decrypt(sources: string[], options: RunOptions = {}): Promise<Finished> {
    return this.finish(await this.startDecrypt(sources, options))
  }

  async finish({ jobId }: JobSummary): Promise<Finished> {
    const job = await this.jobs.waitFor(jobId)
    return { job, files: this.jobs.listJobFiles({ jobId, offset: 0, count: 10_000 }).files }
  }

  async inspect(path: string) {
    return (await this.jobs.inspectFile({ file: this.handles.issue(path, 'source') })).header
  }

  #request(sources: string[], { folder, file, onCollision = 'refuse' }: RunOptions) {
    return {
      sources: sources.map((path) => this.handles.issue(path, 'source')),
      targetFolder: folder === undefined ? undefined : this.handles.issue(folder, 'folder'),
      targetFile: file === undefined ? undefined : this.handles.issue(file, 'target'),
      onCollision,
    }
  }
}
