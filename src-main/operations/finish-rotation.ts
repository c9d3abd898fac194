import { basename } from 'node:path'
import type { JobSummary } from '../../src-shared/contract/files'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { ErrorCode } from '../../src-shared/errors'
import { bareAlias } from '../../src-shared/model/alias'
import type { Caller } from '../../src-shared/model/caller'
import type { FileJobs } from '../files/file-jobs'
import { sizesOf } from '../files/find-encrypted'
import type { JobItem } from '../files/job-items'
import { reencryptFile } from '../files/reencrypt-file'
import type { KeySession } from '../keystore/key-session'
import type { Keystore } from '../keystore/keystore'
import { beginRotationRun, endRotationRun, isRotationUnfinished, oldUsesOf, renewKeptCiphertext, retirableVersionIds } from '../keystore/rotation-run'
import { noteMissing } from '../keystore/where-used-files'
import type { KeyUseEntry } from '../keystore/where-used-row'
import type { Log } from '../platform/ports'
import { renewWrapping, secretsOfVersions } from '../secrets/key-renewal'
import type { Secrets } from '../secrets/secrets'

const notedAtOnce = 500

/** What another try may do better: the run goes on then. Other files stay as they are, however often one tries. */
const passingFailures: readonly ErrorCode[] = [
  'VAULT_LOCKED',
  'VAULT_WRITE_FAILED',
  'NO_SPACE',
  'SOURCE_CHANGED',
  'KEY_DISABLED',
  'KEY_PENDING_DELETION',
  'KEY_PENDING_IMPORT',
  'TOKEN_NOT_FOUND',
  'TOKEN_LOGIN_NEEDED',
  'TOKEN_REMOVED',
  'INTERNAL',
]

export interface FinishRotationOptions {
  keystore: Keystore
  secrets: Secrets
  files: FileJobs
  log: Log
}

/** An old use, and the size of its file as it is now; null when it is missing. */
interface Looked {
  use: KeyUseEntry
  bytes: number | null
}

/**
 * Brings files, kept ciphertexts and secrets that use older versions of a key to the version of new encryptions, as a
 * job. A row of the vault says that a run was begun; after a crash or a lock the next call goes on with what is left, which
 * the where-used index and the secrets tell.
 */
export class FinishRotation {
  readonly #options: FinishRotationOptions
  readonly #jobs = new Map<string, string>()

  constructor(options: FinishRotationOptions) {
    this.#options = options
  }

  /** What a run would do. Looks at the files, changes nothing. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
  async preview(request: Request<'previewFinishRotation'>): Promise<Response<'previewFinishRotation'>> {
    const session = this.#options.keystore.session()
    const { keyId } = session.resolve(request.keyId)
    const looked = await lookedAt(await oldUsesOf(session, keyId))
    const files = looked.filter(({ use }) => use.kind === 'file')
    const { outdated, neededVersionIds } = await secretsOfVersions(this.#options.secrets.session(), keyId)
    const missing = files.filter(({ bytes }) => bytes === null)
    return {
      files: files.length - missing.length,
      missingFiles: missing.length,
      ciphertexts: looked.length - files.length,
      secrets: outdated.length,
      bytes: looked.reduce((total, { bytes }) => total + (bytes ?? 0), 0),
      isUnfinished: await isRotationUnfinished(session, keyId),
      retirableVersionIds: await retirableVersionIds(session, keyId, neededVersionIds),
    }
  }

  /** Begins a run, or goes on with one; the job of a run that is under way is answered again. The codes of FileKeys.requireToken(). */
  async start(caller: Caller, request: Request<'finishRotation'>): Promise<{ job: JobSummary }> {
    const { keystore, files } = this.#options
    const session = keystore.session()
    const { keyId } = keystore.fileKeys.resolveForEncryption(request.keyId)
    await keystore.fileKeys.requireToken(keyId)
    await beginRotationRun(session, caller, keyId)
    const [first] = await oldUsesOf(session, keyId)
    const running = this.#runningJob(keyId)
    if (running) return { job: running }
    const job = files.start({
      caller,
      kind: 'reencrypt',
      title: first ? basename(first.name) : nameOf(session, keyId),
      onCollision: 'refuse',
      makesFolders: false,
      list: () => this.#items(session, caller, keyId),
      completed: (failures) => this.#end(session, caller, keyId, failures),
    })
    this.#jobs.set(keyId, job.jobId)
    return { job }
  }

  #runningJob(keyId: string): JobSummary | null {
    const jobId = this.#jobs.get(keyId)
    return this.#options.files.listJobs().jobs.find((job) => job.jobId === jobId && job.finishedAt === null) ?? null
  }

  async #items(session: KeySession, caller: Caller, keyId: string): Promise<JobItem[]> {
    const looked = await lookedAt(await oldUsesOf(session, keyId))
    await noteChanges(session, looked)
    return [...looked.map((each) => itemOf(session, caller, keyId, each)), ...(await this.#secretItems(caller, keyId))]
  }

  async #secretItems(caller: Caller, keyId: string): Promise<JobItem[]> {
    const secrets = this.#options.secrets.session()
    const { outdated } = await secretsOfVersions(secrets, keyId)
    return outdated.map(({ secretId, name }) => ({
      name,
      folders: [],
      bytes: 0,
      problem: null,
      crypt: async () => {
        await renewWrapping(secrets, caller, secretId)
        return { outputPath: null, use: null }
      },
    }))
  }

  async #end(session: KeySession, caller: Caller, keyId: string, failures: ReadonlySet<ErrorCode>): Promise<void> {
    if (passingFailures.some((code) => failures.has(code))) return
    try {
      await endRotationRun(session, caller, keyId)
    } catch (error) {
      // Everything is done; the run is only offered once more.
      this.#options.log.error('rotation-run-not-ended', error, { keyId })
    }
  }
}

function itemOf(session: KeySession, caller: Caller, keyId: string, { use, bytes }: Looked): JobItem {
  return {
    name: use.name,
    folders: [],
    bytes: bytes ?? 0,
    problem: bytes === null ? 'FILE_NOT_FOUND' : null,
    crypt: async (tools) => {
      if (use.kind === 'file') return reencryptFile(tools, use.name, keyId)
      await renewKeptCiphertext(session, caller, use.useId)
      return { outputPath: null, use: null }
    },
  }
}

async function lookedAt(uses: readonly KeyUseEntry[]): Promise<Looked[]> {
  const files = uses.filter(({ kind }) => kind === 'file')
  const sizes = await sizesOf(files.map(({ name }) => name))
  const byUse = new Map(files.map(({ useId }, index) => [useId, sizes[index] ?? null]))
  return uses.map((use) => ({ use, bytes: use.kind === 'file' ? (byUse.get(use.useId) ?? null) : use.bytes }))
}

/** Keeps in the vault which files were not there, and which are there again. */
async function noteChanges(session: KeySession, looked: readonly Looked[]): Promise<void> {
  for (const isMissing of [true, false]) {
    const changed = looked.filter(({ use, bytes }) => use.isMissing !== isMissing && (bytes === null) === isMissing).map(({ use }) => use.useId)
    for (let start = 0; start < changed.length; start += notedAtOnce) await noteMissing(session, changed.slice(start, start + notedAtOnce), isMissing)
  }
}

function nameOf(session: KeySession, keyId: string): string {
  const [alias] = session.resolve(keyId).record.aliases
  return alias === undefined ? keyId : bareAlias(alias)
}
