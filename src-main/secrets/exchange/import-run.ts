import { setImmediate as nextTurn } from 'node:timers/promises'
import type { z } from 'zod'
import type { importResult } from '../../../src-shared/contract/secret-exchange'
import { isKmsError, KmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import type { ImportProblem } from '../../../src-shared/model/import-problems'
import { currentStage, secretLimits } from '../../../src-shared/model/secrets'
import { equalBytes } from '../../crypto/bytes'
import { sealFiles } from '../attachment-files'
import { changeSecret, type SecretChange } from '../change-secret'
import { addSecrets, type NewSecret } from '../new-secret'
import type { SecretRecord } from '../secret-record'
import type { SecretSession } from '../secret-session'
import { openValue, type SecretValues } from '../secret-values'
import { addVersion, type NewVersion } from '../versions'
import { nextVersionId } from '../window/save'
import { currentVersionOf } from '../window/views'
import { rowOf, type PlannedSecret } from './import-plan'
import { missingFiles } from './missing-files'
import { FreeNames } from './names'

export type ImportResult = z.infer<typeof importResult>
type Outcome = Pick<ImportResult, 'result' | 'code'> & { name?: string; problems?: ImportResult['problems'] }

/** What an import does, beyond the plan. */
export interface ImportOrder {
  readonly skip: ReadonlySet<number>
  readonly onNameTaken: 'skip' | 'rename' | 'new-version'
  /** Told how many entries are done. */
  readonly progress: (done: number) => void
  /** Asked between the entries: the rest is then skipped. */
  readonly isStopped: () => boolean
}

/** An entry under the name that it gets in the end. */
interface Waiting {
  readonly planned: PlannedSecret
  readonly name: string
}

/** Secrets that share one transaction. */
const mostAtOnce = 500
const mostBytesAtOnce = 8 * 1024 * 1024

/**
 * Imports the entries of a plan. Those that make new secrets are written some hundred in one transaction; when that is
 * refused, each is tried alone, so that every secret is complete or absent and every entry has its own result. Rejects
 * only with VAULT_LOCKED.
 */
export async function runImport(session: SecretSession, caller: Caller, plan: readonly PlannedSecret[], order: ImportOrder): Promise<ImportResult[]> {
  const run = new ImportRun(session, caller, order, plan)
  for (const one of plan) await run.take(one)
  await run.finish()
  return run.results()
}

class ImportRun {
  readonly #session: SecretSession
  readonly #caller: Caller
  readonly #order: ImportOrder
  /** Names that neither the plan nor the vault has. */
  readonly #names: FreeNames
  readonly #results = new Map<PlannedSecret, Outcome>()
  #waiting: Waiting[] = []
  #waitingBytes = 0

  constructor(session: SecretSession, caller: Caller, order: ImportOrder, plan: readonly PlannedSecret[]) {
    this.#session = session
    this.#caller = caller
    this.#order = order
    const names = new Set(plan.map(({ name }) => name))
    this.#names = new FreeNames(secretLimits.nameChars, (name) => names.has(name) || session.index.byName(name) !== null)
  }

  async take(planned: PlannedSecret): Promise<void> {
    const { skip, onNameTaken, isStopped } = this.#order
    const { status } = rowOf(planned, this.#session.index)
    if (status === 'refused') return this.#done(planned, refusal(planned))
    if (isStopped() || skip.has(planned.index) || (status === 'taken' && onNameTaken === 'skip')) return this.#done(planned, { result: 'skipped', code: null })
    if (status === 'taken' && onNameTaken === 'new-version') return this.#addVersion(planned)
    return this.#wait({ planned, name: status === 'taken' ? this.#names.take(planned.name) : planned.name })
  }

  async finish(): Promise<void> {
    await this.#flush()
  }

  results(): ImportResult[] {
    const results = [...this.#results].map(([{ index, name, problems }, outcome]) => ({ index, name, problems: [...problems], ...outcome }))
    return results.sort((a, b) => a.index - b.index)
  }

  async #wait(waiting: Waiting): Promise<void> {
    this.#waiting.push(waiting)
    this.#waitingBytes += sizeOf(waiting.planned)
    if (this.#waiting.length >= mostAtOnce || this.#waitingBytes >= mostBytesAtOnce) await this.#flush()
  }

  /** Writes those that wait, together or, when that is refused, one by one. */
  async #flush(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    if (batch.length === 0) return
    const isDone = await this.#add(batch).then(() => true, passLocked)
    for (const one of isDone === true ? [] : batch) await this.#addAlone(one)
    if (isDone === true) for (const { planned, name } of batch) this.#done(planned, { result: 'created', code: null, name })
    await nextTurn()
  }

  async #addAlone(one: Waiting): Promise<void> {
    const code = await this.#add([one]).then(() => null, passLocked)
    this.#done(one.planned, { result: code === null ? 'created' : 'failed', code, name: one.name })
  }

  async #add(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch
    const resource = `${first?.name ?? ''}${batch.length > 1 ? ` and ${batch.length - 1} more` : ''}`
    const now = this.#session.nowMs()
    await addSecrets(this.#session, this.#caller, batch.map((one) => newSecretOf(one, now)), resource)
  }

  /** Adds the current version of an entry, and its files, to the secret that has its name; nothing when that has the same value and files. */
  async #addVersion(planned: PlannedSecret): Promise<void> {
    const { name } = planned
    const before = this.#session.index.byName(name)?.record
    const problems = new Set(planned.problems)
    try {
      const after = await changeSecret(this.#session, this.#caller, name, (record, values) => this.#changeOf(planned, record, values, problems))
      this.#done(planned, { result: after === before ? 'skipped' : 'new-version', code: null, problems: [...problems] })
    } catch (error) {
      this.#done(planned, { result: 'failed', code: passLocked(error) })
    }
  }

  async #changeOf({ secret, ...planned }: PlannedSecret, record: SecretRecord, values: () => Promise<SecretValues>, problems: Set<ImportProblem>): Promise<SecretChange> {
    if (record.secretType !== 'Generic') throw new KmsError('UNSUPPORTED_OPERATION', 'The versions of a managed secret are made by its rotation.', { secretName: record.name })
    const current = versionsOf({ secret, ...planned }, this.#session.nowMs()).at(-1)
    const isNew = current !== undefined && !(await holdsAlready(this.#session, record, current))
    const change = isNew ? await addVersion(this.#session, record, values, { ...current, versionId: nextVersionId(record) }) : { record }
    const files = await missingFiles(this.#session, record, secret.attachments, problems)
    if (files.length === 0) return change
    const { attachments, write } = await sealFiles(this.#session, record, files)
    return { ...change, record: { ...change.record, attachments: [...record.attachments, ...attachments] }, more: write }
  }

  #done(planned: PlannedSecret, outcome: Outcome): void {
    this.#results.set(planned, outcome)
    this.#order.progress(this.#results.size)
  }
}

/** An entry that was thrown away or holds nothing is passed over; one that holds too much is lost, which is a failure. */
function refusal({ problems }: PlannedSecret): Outcome {
  return problems.includes('value is too large') ? { result: 'failed', code: 'INVALID_PARAMETER' } : { result: 'skipped', code: null }
}

/** The code of a refusal; VAULT_LOCKED ends the whole. */
function passLocked(error: unknown): string {
  if (isKmsError(error, 'VAULT_LOCKED')) throw error
  return isKmsError(error) ? error.code : 'INTERNAL'
}

function newSecretOf({ planned, name }: Waiting, now: number): NewSecret {
  const { secret, description, tags } = planned
  const { template, expiresAt, isFavourite, attachments } = secret
  return { name, secretType: 'Generic', description, template, tags, expiresAt, isFavourite, versions: versionsOf(planned, now), files: attachments }
}

/** `v1`, `v2`... Times in the future are none. */
function versionsOf({ secret }: PlannedSecret, now: number): NewVersion[] {
  return secret.versions.map(({ data, fields, createdAt }, at) => ({
    versionId: `v${at + 1}`,
    data,
    dataType: 'text',
    stages: [currentStage],
    fields,
    createdAt: Math.min(createdAt ?? now, now),
  }))
}

/** Whether the secret has this value now. */
async function holdsAlready(session: SecretSession, record: SecretRecord, { data }: NewVersion): Promise<boolean> {
  const current = currentVersionOf(record)
  if (!current) return false
  const value = await openValue(session, record, current.versionId)
  try {
    return equalBytes(value, data)
  } finally {
    value.fill(0)
  }
}

function sizeOf({ secret }: PlannedSecret): number {
  return [...secret.versions.map(({ data }) => data), ...secret.attachments.map(({ bytes }) => bytes)].reduce((total, { length }) => total + length, 0)
}
