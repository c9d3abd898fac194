import { setImmediate as nextTurn } from 'node:timers/promises'
import { isKmsError } from '../../../src-shared/errors'
import { zero } from '../../crypto/bytes'
import { randomBytesOf } from '../../crypto/random'
import type { SecretEntry } from '../secret-index'
import type { SecretRecord } from '../secret-record'
import type { SecretSession } from '../secret-session'
import { openValue } from '../secret-values'
import { sortedFindings, stateFindings, type Finding } from './health-findings'
import { estimatedPart, markOf, passwordsIn, type CheckedValue } from './health-values'
import type { StrengthEstimator } from './strength'
import { currentVersionOf } from './views'

/** The outcome of a check. No value is in it. */
export interface HealthReport {
  checkedAt: number
  /** Values that were opened. */
  checked: number
  findings: readonly Finding[]
}

/** Told how many secrets are done, of how many. */
export type HealthProgress = (done: number, total: number) => void

/** A value that occurs, and where. */
interface Occurrences {
  isWeak: boolean
  places: { name: string; field: string | null }[]
}

const sliceMs = 8
const estimatedAtOnce = 50
const progressEveryMs = 100
/** Scores below this can be guessed with patience. */
const strongScore = 3
const mostShared = 5

/**
 * Opens the current value of every secret once, outside the recycle bin, a few milliseconds at a time. Values that do not
 * open because of their key are passed over. Rejects with VAULT_LOCKED when the vault is locked meanwhile.
 */
export async function checkHealth(session: SecretSession, estimator: StrengthEstimator, progress: HealthProgress): Promise<HealthReport> {
  const checkedAt = session.nowMs()
  const entries = session.index.inOrderOfCreation().filter(({ summary }) => summary.deletesAt === null)
  const stateOnly = entries.flatMap(({ summary }) => stateFindings(summary, checkedAt))
  const run = new ValueCheck(session, estimator)
  try {
    await run.all(entries, progress)
    return { checkedAt, checked: run.opened, findings: sortedFindings([...stateOnly, ...run.findings()]) }
  } finally {
    run.close()
  }
}

/** One look at all values. */
class ValueCheck {
  readonly #session: SecretSession
  readonly #estimator: StrengthEstimator
  readonly #runKey = randomBytesOf(32)
  readonly #found = new Map<string, Occurrences>()
  /** Values that the estimator has not seen yet, each once. */
  #waiting: { value: CheckedValue; occurrences: Occurrences }[] = []
  opened = 0

  constructor(session: SecretSession, estimator: StrengthEstimator) {
    // Looking for weaknesses is no use of the secrets, and counts as none.
    this.#session = session.rehearsal({ record: () => undefined })
    this.#estimator = estimator
  }

  async all(entries: readonly SecretEntry[], progress: HealthProgress): Promise<void> {
    let [sliceEndsAt, nextReportAt] = [performance.now() + sliceMs, 0]
    for (const [done, entry] of entries.entries()) {
      if (performance.now() >= sliceEndsAt) {
        await nextTurn()
        sliceEndsAt = performance.now() + sliceMs
      }
      if (performance.now() >= nextReportAt) {
        progress(done, entries.length)
        nextReportAt = performance.now() + progressEveryMs
      }
      await this.#look(entry)
      if (this.#waiting.length >= estimatedAtOnce) await this.#estimate()
    }
    await this.#estimate()
    progress(entries.length, entries.length)
  }

  findings(): Finding[] {
    return [...this.#found.values()].flatMap((occurrences) => {
      // One more than are shown, as each leaves itself out.
      const names = [...new Set(occurrences.places.map(({ name }) => name))].slice(0, mostShared + 1)
      return occurrences.places.flatMap(({ name, field }) => valueFindings(name, field, occurrences.isWeak, names.filter((other) => other !== name).slice(0, mostShared)))
    })
  }

  /** Forgets what is left of the values. */
  close(): void {
    for (const { value } of this.#waiting) zero(value.value)
    this.#waiting = []
    zero(this.#runKey)
    this.#found.clear()
  }

  async #look(entry: SecretEntry): Promise<void> {
    const record = entry.glance()
    const version = currentVersionOf(record)
    const data = version && (await this.#open(entry, record, version.versionId))
    if (!data) return
    this.opened += 1
    const passwords = version.dataType === 'text' ? passwordsIn(record, data) : []
    zero(data)
    for (const password of passwords) this.#note(record.name, password)
  }

  #note(name: string, password: CheckedValue): void {
    const mark = markOf(this.#runKey, password)
    const known = this.#found.get(mark)
    const occurrences = known ?? { isWeak: false, places: [] }
    occurrences.places.push({ name, field: password.field })
    if (known) {
      zero(password.value)
      return
    }
    this.#found.set(mark, occurrences)
    this.#waiting.push({ value: password, occurrences })
  }

  async #estimate(): Promise<void> {
    const batch = this.#waiting
    if (batch.length === 0) return
    const scores = await this.#estimator.scores(batch.map(({ value }) => estimatedPart(value)))
    for (const [at, { value, occurrences }] of batch.entries()) {
      occurrences.isWeak = (scores[at] ?? 0) < strongScore
      zero(value.value)
    }
    this.#waiting = []
  }

  /** Null when the key of the value does not open it now, or the secret changed or went meanwhile. */
  async #open(entry: SecretEntry, record: SecretRecord, versionId: string): Promise<Uint8Array | null> {
    try {
      return await openValue(this.#session, record, versionId)
    } catch (error) {
      const isGone = this.#session.index.byId(record.secretId) !== entry || currentVersionOf(entry.glance())?.versionId !== versionId
      if (isGone || (isKmsError(error) && error.code.startsWith('KEY_'))) return null
      throw error
    }
  }
}

function valueFindings(secretName: string, field: string | null, isWeak: boolean, sharedWith: string[]): Finding[] {
  const findings: Finding[] = []
  if (isWeak) findings.push({ secretName, kind: 'weak', field, sharedWith: [], date: null })
  if (sharedWith.length > 0) findings.push({ secretName, kind: 'reused', field, sharedWith, date: null })
  return findings
}
