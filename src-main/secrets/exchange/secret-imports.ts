import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { secretLimits, secretNameProblem } from '../../../src-shared/model/secrets'
import { copyBytes, zero } from '../../crypto/bytes'
import { uuid } from '../../crypto/random'
import type { SecretSession } from '../secret-session'
import type { ExchangeThreads } from './exchange-thread'
import { countsOf, planned, rowOf, type PlannedSecret } from './import-plan'
import { runImport, type ImportResult } from './import-run'
import type { ReadAnswer } from './worker-messages'

/** A file to import. */
export interface ImportFile {
  readonly name: string
  /** Handed over. */
  readonly bytes: Uint8Array
}

/** What was found in a file, until it is imported, cancelled or replaced. */
interface Preview {
  readonly importId: string
  readonly session: SecretSession
  found: ReadAnswer | null
  plan: readonly PlannedSecret[]
  results: readonly ImportResult[] | null
  isStopped: boolean
}

type PreviewRequest = Pick<Request<'previewSecretImport'>, 'format' | 'password' | 'folder' | 'columns'>

/** The import that is being looked at; there is one at a time. Values lie in one buffer, which is zeroed when it is not needed any more. */
export class SecretImports {
  readonly #threads: ExchangeThreads
  #preview: Preview | null = null
  /** What is being read or named; aborted when something else takes its place. */
  #work = new AbortController()

  constructor(threads: ExchangeThreads) {
    this.#threads = threads
  }

  /** Reads a file in place of the one before. The codes of readImport(), INVALID_PARAMETER (folder), CANCELLED when another file was chosen meanwhile, VAULT_LOCKED. */
  async preview(session: SecretSession, file: ImportFile, request: PreviewRequest): Promise<Response<'previewSecretImport'>> {
    requireFolder(request.folder)
    this.clear()
    const { format, password, columns, folder } = request
    const message = { file: file.bytes, fileName: file.name, format, password: password ? copyBytes(password) : null, columns: columns ?? null }
    const { found, plan } = await this.#read(message, folder, this.#newWork())
    const preview: Preview = { importId: uuid(), session, found, plan, results: null, isStopped: false }
    this.#preview = preview
    const shown = found.columns?.map(({ title, role, filled }) => ({ title, role, filled })) ?? null
    return { importId: preview.importId, format: found.format, columns: shown, total: preview.plan.length, counts: countsOf(preview.plan, session.index) }
  }

  /** IMPORT_NOT_FOUND, INVALID_PARAMETER (folder, columns), and the codes of preview(). */
  async remap({ importId, folder, columns }: Request<'remapSecretImport'>): Promise<Response<'remapSecretImport'>> {
    requireFolder(folder)
    const preview = this.#current(importId)
    const { found } = preview
    if (!found || preview.results) throw notFound()
    const signal = this.#newWork()
    if (columns) await this.#readAgain(preview, found, columns, folder, signal)
    else preview.plan = await planned(found.secrets, folder, signal)
    return { total: preview.plan.length, counts: countsOf(preview.plan, preview.session.index) }
  }

  /** IMPORT_NOT_FOUND. */
  rows({ importId, offset, count }: Request<'listImportRows'>): Response<'listImportRows'> {
    const { plan, session } = this.#current(importId)
    return { total: plan.length, rows: plan.slice(offset, offset + count).map((one) => rowOf(one, session.index)) }
  }

  /** Once for each preview. IMPORT_NOT_FOUND; VAULT_LOCKED when the vault is locked meanwhile. */
  async run(caller: Caller, { importId, skip, onNameTaken }: Request<'runSecretImport'>, progress: (done: number, total: number) => void): Promise<Response<'runSecretImport'>> {
    const preview = this.#current(importId)
    const { found, plan, session } = preview
    if (!found) throw notFound()
    this.#work.abort(stopped())
    preview.found = null
    const total = plan.length
    try {
      const order = { skip: new Set(skip), onNameTaken, progress: (done: number) => progress(done, total), isStopped: () => preview.isStopped }
      preview.results = await runImport(session, caller, plan, order)
    } finally {
      forget(found)
    }
    const count = (result: ImportResult['result']) => preview.results?.filter((one) => one.result === result).length ?? 0
    return { created: count('created'), newVersions: count('new-version'), skipped: count('skipped'), failed: count('failed') }
  }

  /** IMPORT_NOT_FOUND, also before it ran. */
  results({ importId, offset, count, onlyProblems }: Request<'listImportResults'>): Response<'listImportResults'> {
    const { results } = this.#current(importId)
    if (!results) throw notFound()
    const shown = onlyProblems ? results.filter(({ result, problems }) => result === 'failed' || problems.length > 0) : results
    return { total: shown.length, results: shown.slice(offset, offset + count) }
  }

  /** Drops the preview; an import that runs ends after what it is writing, and its results stay. IMPORT_NOT_FOUND. */
  cancel({ importId }: Request<'cancelSecretImport'>): Response<'cancelSecretImport'> {
    const preview = this.#current(importId)
    preview.isStopped = true
    if (preview.found) this.clear()
    return {}
  }

  /** Forgets everything: at lock, and before another file. A file that is being read ends with `reason`. */
  clear(reason = stopped()): void {
    this.#work.abort(reason)
    const preview = this.#preview
    this.#preview = null
    if (!preview) return
    preview.isStopped = true
    forget(preview.found)
  }

  /** The signal of new work, in place of that before. */
  #newWork(): AbortSignal {
    this.#work.abort(stopped())
    this.#work = new AbortController()
    return this.#work.signal
  }

  /** Reads a file and names what is in it. Nothing is left of it when that is aborted. */
  async #read(message: Parameters<ExchangeThreads['read']>[0], folder: string, signal: AbortSignal): Promise<{ found: ReadAnswer; plan: PlannedSecret[] }> {
    const found = await this.#threads.read(message, signal)
    try {
      signal.throwIfAborted()
      return { found, plan: await planned(found.secrets, folder, signal) }
    } catch (error) {
      forget(found)
      throw error
    }
  }

  async #readAgain(preview: Preview, before: ReadAnswer, columns: Request<'remapSecretImport'>['columns'], folder: string, signal: AbortSignal): Promise<void> {
    if (!before.file || !columns) throw invalidParameter('columns', 'are those of a CSV file')
    const { found, plan } = await this.#read({ file: copyBytes(before.file), fileName: '', format: 'csv', password: null, columns }, folder, signal)
    forget(before)
    Object.assign(preview, { found, plan })
  }

  #current(importId: string): Preview {
    if (this.#preview?.importId !== importId) throw notFound()
    return this.#preview
  }
}

/** Zeroes all that was found. */
function forget(found: ReadAnswer | null): void {
  if (found) zero(new Uint8Array(found.buffer), found.file)
}

function requireFolder(folder: string): void {
  if (folder === '') return
  const most = secretLimits.importFolderChars
  const problem = secretNameProblem(`${folder}/x`) ?? (folder.length > most ? `must have at most ${most} characters` : null)
  if (problem !== null) throw invalidParameter('folder', problem)
}

function stopped(): KmsError {
  return new KmsError('CANCELLED', 'The work on this file was stopped.')
}

function notFound(): KmsError {
  return new KmsError('IMPORT_NOT_FOUND', 'This import is over. Choose the file again.')
}
