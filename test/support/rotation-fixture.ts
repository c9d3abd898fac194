import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { concatBytes } from '../../src-main/crypto/bytes'
import { randomBytesOf } from '../../src-main/crypto/random'
import { SecretBuffer } from '../../src-main/crypto/secret-buffer'
import { startMessage, writeFrames } from '../../src-main/files/codec/message-writer'
import { FileJobs, type FileJobsOptions } from '../../src-main/files/file-jobs'
import type { EncryptedDataKey } from '../../src-main/keystore/file-keys'
import { whereUsedHandlers } from '../../src-main/operations/handlers/where-used'
import { PathHandles } from '../../src-main/platform/path-handles'
import { Secrets } from '../../src-main/secrets/secrets'
import type { JobFile, JobSummary } from '../../src-shared/contract/files'
import { InThreadWorkers } from '../unit/files/in-thread-workers'
import { chunksOf } from '../unit/files/support'
import { callerOf, openKeystore, parsed, silentLog } from './keystore-fixture'
import { RecordedUse, type MemoryRecords } from './memory-records'

export interface FinishedJob {
  job: JobSummary
  files: JobFile[]
}

/** A keystore on a vault in memory, file jobs in a temporary folder, and one key that has been rotated as often as asked. */
export class RotationFixture {
  readonly root: string
  readonly handles = new PathHandles()
  readonly logged: string[] = []
  readonly opened: Awaited<ReturnType<typeof openKeystore>>
  readonly files: FileJobs
  readonly handlers: ReturnType<typeof whereUsedHandlers>
  readonly secrets: Secrets
  keyId = ''

  private constructor(root: string, opened: Awaited<ReturnType<typeof openKeystore>>, secrets: Secrets, options: Partial<FileJobsOptions>) {
    this.root = root
    this.opened = opened
    this.secrets = secrets
    const { keystore, clock } = opened
    const log = { info: () => undefined, warn: () => undefined, error: (event: string) => void this.logged.push(event) }
    this.files = new FileJobs({ keys: keystore.fileKeys, uses: keystore.fileUses, handles: this.handles, clock, workers: new InThreadWorkers(), log, ...options })
    this.handlers = whereUsedHandlers({ keystore, secrets, files: this.files, handles: this.handles, log })
  }

  static async create(options: Partial<FileJobsOptions> = {}): Promise<RotationFixture> {
    const opened = await openKeystore()
    const { keystore, clock, records } = opened
    const secrets = new Secrets({ keystore, clock, useAudit: new RecordedUse(), log: silentLog })
    await secrets.load(records)
    const fixture = new RotationFixture(await mkdtemp(join(tmpdir(), 'rotation-')), opened, secrets, options)
    fixture.keyId = (await fixture.opened.newKey()).keyId
    return fixture
  }

  get records(): MemoryRecords {
    return this.opened.records
  }

  async remove(): Promise<void> {
    await this.files.cancelAll()
    await rm(this.root, { recursive: true, force: true })
  }

  path(...names: string[]): string {
    return join(this.root, ...names)
  }

  async names(): Promise<string[]> {
    return (await readdir(this.root, { recursive: true })).toSorted()
  }

  read(name: string): Promise<Uint8Array> {
    return readFile(this.path(name)).then((bytes) => new Uint8Array(bytes))
  }

  /** The newest version is the one that new encryptions use. Oldest first. */
  async versionIds(): Promise<string[]> {
    const { keyVersions } = await this.opened.ask('listKeyVersions', { keyId: this.keyId, pageSize: 100 })
    return keyVersions.map(({ keyVersionId }) => keyVersionId)
  }

  async rotate(): Promise<void> {
    await this.opened.ask('rotateKey', { keyId: this.keyId })
  }

  /** Writes `name` and encrypts it to `name.keystead`, whose path is answered; the original is removed. */
  async encrypted(name: string, content: Uint8Array | string, { context = {}, keyId = this.keyId } = {}): Promise<string> {
    await writeFile(this.path(name), content)
    const request = parsed('encryptFiles', { sources: [this.handles.issue(this.path(name), 'source')], keyId, encryptionContext: context, onCollision: 'replace' })
    const { job, files } = await this.finished((await this.files.encryptFiles(callerOf('encryptFiles'), request)).job)
    if (job.state !== 'done') throw new Error(`not encrypted: ${files[0]?.code}`)
    await rm(this.path(name))
    return this.path(`${name}.keystead`)
  }

  /** A file for our key and for others, as another program of the format would write it; remembered. Its path. */
  async sealedFor(name: string, content: Uint8Array, { others = [], frameLength = 4096 }: { others?: readonly EncryptedDataKey[]; frameLength?: number } = {}): Promise<string> {
    const dataKey = SecretBuffer.random(32)
    const messageId = randomBytesOf(32)
    const entry = await this.opened.keystore.fileKeys.wrapDataKey(callerOf('encryptFiles'), this.keyId, dataKey, {})
    const { header, messageKey } = startMessage({ messageId, dataKey, context: {}, entries: [entry, ...others], frameLength })
    const parts: Uint8Array[] = [header]
    for await (const frame of writeFrames(chunksOf(content), messageKey, messageId, frameLength)) parts.push(frame.slice())
    await writeFile(this.path(name), concatBytes(...parts))
    await this.find(this.path(name))
    return this.path(name)
  }

  /** Decrypts a file and gives its content. */
  async content(path: string): Promise<Uint8Array> {
    const target = this.path('opened')
    const request = parsed('decryptFiles', { sources: [this.handles.issue(path, 'source')], targetFile: this.handles.issue(target, 'target'), onCollision: 'replace' })
    const { job, files } = await this.finished((await this.files.decryptFiles(callerOf('decryptFiles'), request)).job)
    if (job.state !== 'done') throw new Error(`not decrypted: ${files[0]?.code}`)
    const content = await this.read('opened')
    await rm(target)
    return content
  }

  async inspect(path: string) {
    return (await this.files.inspectFile({ file: this.handles.issue(path, 'source') })).header
  }

  uses(input: { onlyOld?: boolean; keyVersionId?: string; offset?: number; count?: number } = {}) {
    return this.opened.ask('listKeyUses', { keyId: this.keyId, ...input })
  }

  preview() {
    return this.handlers.previewFinishRotation({ keyId: this.keyId }, callerOf('previewFinishRotation'))
  }

  async start(): Promise<JobSummary> {
    return (await this.handlers.finishRotation({ keyId: this.keyId }, callerOf('finishRotation'))).job
  }

  async finish(): Promise<FinishedJob> {
    return this.finished(await this.start())
  }

  find(...paths: string[]) {
    return this.handlers.findEncryptedFiles({ sources: paths.map((path) => this.handles.issue(path, 'source')) }, callerOf('findEncryptedFiles'))
  }

  async finished({ jobId }: JobSummary): Promise<FinishedJob> {
    const job = await this.files.waitFor(jobId)
    return { job, files: this.files.listJobFiles({ jobId, offset: 0, count: 10_000 }).files }
  }
}
