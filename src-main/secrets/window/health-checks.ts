import type { Request, Response } from '../../../src-shared/contract/operations'
import { isoSeconds } from '../../keystore/key-metadata'
import type { SecretSession } from '../secret-session'
import { checkHealth, type HealthProgress, type HealthReport } from './health'
import { countsOf } from './health-findings'
import type { StrengthEstimator } from './strength'

/** Checks of the health of all secrets; the latest outcome is kept as long as its session. */
export class HealthChecks {
  readonly #startEstimator: () => StrengthEstimator
  readonly #reports = new WeakMap<SecretSession, HealthReport>()
  readonly #running = new WeakMap<SecretSession, Promise<HealthReport>>()

  /** Each check has an estimator of its own, which ends with it. */
  constructor(startEstimator: () => StrengthEstimator) {
    this.#startEstimator = startEstimator
  }

  /** A window of the findings, the worst first. With `refresh`, or when there is no report yet, all values are looked at again. */
  async check(session: SecretSession, { offset, count, refresh }: Request<'checkSecretHealth'>, progress: HealthProgress): Promise<Response<'checkSecretHealth'>> {
    const kept = refresh ? undefined : this.#reports.get(session)
    const { checkedAt, checked, findings } = await (kept ?? this.#running.get(session) ?? this.#run(session, progress))
    return { checkedTime: isoSeconds(checkedAt), checked, counts: countsOf(findings), total: findings.length, findings: findings.slice(offset, offset + count) }
  }

  #run(session: SecretSession, progress: HealthProgress): Promise<HealthReport> {
    const run = this.#runOnce(session, progress).finally(() => this.#running.delete(session))
    this.#running.set(session, run)
    return run
  }

  async #runOnce(session: SecretSession, progress: HealthProgress): Promise<HealthReport> {
    const estimator = this.#startEstimator()
    try {
      const report = await checkHealth(session, estimator, progress)
      this.#reports.set(session, report)
      return report
    } finally {
      await estimator.close()
    }
  }
}
