import { KmsError } from '../../../src-shared/errors'
import { secretLimits } from '../../../src-shared/model/secrets'
import type { SecretSession } from '../secret-session'
import { decodeRotation } from './rotation-row'

const hourMs = 3_600_000

/** How many rotations a vault may begin in an hour, also over a lock. */
export class RotationRate {
  readonly #started = new WeakMap<SecretSession, Promise<number[]>>()

  /** Counts one more. LIMIT_EXCEEDED for the 51st within an hour. */
  async count(session: SecretSession): Promise<void> {
    const started = await this.#startedIn(session)
    const since = session.nowMs() - hourMs
    while ((started[0] ?? since + 1) <= since) started.shift()
    if (started.length >= secretLimits.rotationsPerHour) {
      throw new KmsError('LIMIT_EXCEEDED', `At most ${secretLimits.rotationsPerHour} rotations an hour are allowed.`, { limit: secretLimits.rotationsPerHour })
    }
    started.push(session.nowMs())
  }

  #startedIn(session: SecretSession): Promise<number[]> {
    const known = this.#started.get(session) ?? rotationsOfLastHour(session)
    this.#started.set(session, known)
    return known
  }
}

/** When the rotations that the vault knows of ended, or began when they have not; oldest first. */
async function rotationsOfLastHour(session: SecretSession): Promise<number[]> {
  const since = session.nowMs() - hourMs
  const times: number[] = []
  await session.records.scan('secret-rotation', (rows) => {
    for (const { bytes } of rows) {
      const { run, history } = decodeRotation(bytes)
      // A run that was tried several times is one rotation.
      const ids = new Set(run ? [run.versionId] : [])
      if (run) times.push(run.startedAt)
      for (const { time, versionId } of history) {
        if (!ids.has(versionId)) times.push(time)
        ids.add(versionId)
      }
    }
  })
  return times.filter((time) => time > since).sort((a, b) => a - b)
}
