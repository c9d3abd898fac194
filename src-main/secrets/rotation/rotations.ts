import { isKmsError, KmsError } from '../../../src-shared/errors'
import type { Request, Response } from '../../../src-shared/contract/operations'
import type { Caller } from '../../../src-shared/model/caller'
import type { RotationStep } from '../../../src-shared/model/secrets'
import { rotationPending } from '../../../src-shared/model/secret-stages'
import { requireToken } from '../../keystore/token/require-token'
import { vaultLocked } from '../../keystore/vault-locked'
import type { Log } from '../../platform/ports'
import { secretArn } from '../arn'
import { requireRotating } from '../secret-rotation-policy'
import { requireActive, rotationRunning, type SecretSession } from '../secret-session'
import { baseVersionOf } from './base-version'
import { requireFittingEdits } from './later-edits'
import { beginRun, dropRun, entryOf, failRun, noteRun, type RotationSubject } from './rotation-changes'
import { RotationRate } from './rotation-rate'
import { readRotation, type RotationRun, type RotationState, type RotationTrigger } from './rotation-row'
import { RotationWork } from './rotation-work'
import type { OpenTarget } from './targets/open-target'
import type { RotationTarget } from './targets/target'
import type { TargetConfig } from './targets/target-config'
import { shapeOf } from './value-shape'

/** Collaborators of the rotations. */
export interface RotationsOptions {
  openTarget: OpenTarget
  log: Log
}

/** What works on one secret now. */
interface Running {
  isStopped: boolean
  hasWritten: boolean
  target: RotationTarget | null
  done: Promise<unknown>
}

/**
 * The rotations of secrets at their targets: prepare (the pending version, on disk) -> apply -> test -> switch -> clean. A
 * step that fails leaves the old version current and the run on disk, to be retried or rolled back; so does a lock or the
 * end of the process. One at a time for each secret.
 */
export class SecretRotations {
  readonly #options: RotationsOptions
  readonly #rate = new RotationRate()
  readonly #running = new Map<string, Running>()

  constructor(options: RotationsOptions) {
    this.#options = options
  }

  /**
   * RotateSecret: rotates now, and answers when that has ended. A call that names the version of a rotation that ended well
   * does nothing; one that names the pending version goes on with it. SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW,
   * UNSUPPORTED_OPERATION, ROTATION_TARGET_MISSING, ROTATION_PENDING, ROTATION_RUNNING, LIMIT_EXCEEDED, INVALID_PARAMETER
   * (versionId), SECRET_VERSION_EXISTS, ROTATION_TARGET_UNREACHABLE, ROTATION_LOGIN_REFUSED, ROTATION_APPLY_FAILED,
   * ROTATION_TEST_FAILED, TOKEN_NOT_FOUND, TOKEN_LOGIN_NEEDED, and the codes of the master key's state.
   */
  async rotate(session: SecretSession, caller: Caller, request: Request<'rotateSecret'>, trigger: RotationTrigger = 'manual'): Promise<Response<'rotateSecret'>> {
    const { versionId } = request
    const name = await this.#work(session, caller, request.secretName, async (subject, running, state) => {
      requireRotating(entryOf(subject).record)
      if (state.history.some((entry) => entry.versionId === versionId && entry.result === 'success')) return
      const config = requireTarget(state)
      if (state.run?.versionId === versionId) return this.#goOn(subject, running, config, { ...state.run, trigger: 'retry' })
      if (state.run && state.run.doneStep !== 'switch') throw rotationPending(entryOf(subject).record.name)
      if (state.run) await this.#goOn(subject, running, config, state.run)
      // Refused before there is anything to go on with; what is due by itself is noted as failed and tried again.
      if (trigger === 'manual') await requireToken(session.keys, session.keys.resolve(entryOf(subject).record.keyId).record)
      await this.#rate.count(session)
      await this.#begin(subject, running, config, versionId, trigger)
    })
    return { arn: secretArn(session.vaultId, name), secretName: name, versionId }
  }

  /**
   * Goes on with the rotation that stopped; what was edited since stays. ROTATION_NOT_PENDING, SECRET_CHANGED for an edit of
   * the account or the form of the value, and the codes of rotate().
   */
  async retry(session: SecretSession, caller: Caller, secretName: string): Promise<Response<'retrySecretRotation'>> {
    let versionId = ''
    const name = await this.#work(session, caller, secretName, async (subject, running, state) => {
      const run = requireRun(state)
      versionId = run.versionId
      await this.#goOn(subject, running, requireTarget(state), { ...run, trigger: 'retry' })
    })
    return { secretName: name, versionId }
  }

  /**
   * Puts the old value back at the target if it has the new one, and drops the pending version. ROTATION_NOT_PENDING, also
   * when the new version is current already, and the codes of rotate().
   */
  async rollBack(session: SecretSession, caller: Caller, secretName: string): Promise<void> {
    await this.#work(session, caller, secretName, async (subject, running, state) => {
      const run = requireRun(state)
      if (run.doneStep === 'switch') throw notPending('The new value of the specified secret is current already; only its old key is left to be removed.')
      if (!run.mayBeApplied) return dropRun(subject, run)
      const work = this.#open(subject, running, requireTarget(state), run)
      await this.#attempt(subject, running, work, 'apply', () => work.restore())
      await dropRun(subject, run)
    })
  }

  /** Runs `work` on a secret while nothing else works on its rotation. ROTATION_RUNNING. Gives the name of the secret. */
  async exclusive(session: SecretSession, caller: Caller, secretName: string, work: (subject: RotationSubject, state: RotationState, hold: (target: RotationTarget) => void) => Promise<void>): Promise<string> {
    return this.#work(session, caller, secretName, (subject, running, state) =>
      work(subject, state, (target) => {
        running.target = target
      }),
    )
  }

  /** Whether something works on a secret's rotation now. */
  isRunning(secretId: string): boolean {
    return this.#running.has(secretId)
  }

  /**
   * To be called before a lock: what works ends after the step it is at, and is pending then. What is not done with that
   * step within the patience is cut off from its target.
   */
  async stop(patienceMs: number): Promise<void> {
    const all = [...this.#running.values()]
    for (const running of all) running.isStopped = true
    const ended = Promise.allSettled(all.map(({ done }) => done))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs)
    })
    await Promise.race([ended, late]).finally(() => clearTimeout(timer))
    await Promise.all([...this.#running.values()].map(({ target }) => target?.close()))
    await ended
  }

  #work(session: SecretSession, caller: Caller, reference: string, work: (subject: RotationSubject, running: Running, state: RotationState) => Promise<void>): Promise<string> {
    const entry = session.resolve(reference)
    const { secretId } = entry
    return session.audited(caller, entry.record.name, async () => {
      requireActive(entry)
      if (this.#running.has(secretId)) throw rotationRunning(entry.record)
      const running: Running = { isStopped: false, hasWritten: false, target: null, done: Promise.resolve() }
      const written = () => {
        running.hasWritten = true
      }
      const subject = { session, caller, secretId, written }
      this.#running.set(secretId, running)
      const done = this.#settled(subject, running, async () => work(subject, running, await readRotation(session.records, secretId)))
      running.done = done
      await done
      return entryOf(subject).record.name
    })
  }

  async #settled({ session, secretId }: RotationSubject, running: Running, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } finally {
      await running.target?.close()
      this.#running.delete(secretId)
      const name = session.index.byId(secretId)?.record.name
      // Nobody is told names of a vault that is being locked, nor of a change where there was none.
      if (name !== undefined && running.hasWritten && !running.isStopped) session.changed(name)
    }
  }

  async #begin(subject: RotationSubject, running: Running, config: TargetConfig, versionId: string, trigger: RotationTrigger): Promise<void> {
    const { record } = entryOf(subject)
    let run: RotationRun
    try {
      run = await beginRun(subject, shapeOf(record), { versionId, baseVersionId: baseVersionOf(record), trigger })
    } catch (error) {
      const isRefused = isKmsError(error, 'INVALID_PARAMETER') || isKmsError(error, 'SECRET_VERSION_EXISTS') || isKmsError(error, 'VAULT_LOCKED')
      if (!isRefused) await this.#noteFailure(subject, null, { versionId, account: null, trigger }, 'prepare', error)
      throw error
    }
    await this.#carryOut(subject, running, this.#open(subject, running, config, run), true)
  }

  /** A run from before: the target may have the new value by now. */
  async #goOn(subject: RotationSubject, running: Running, config: TargetConfig, run: RotationRun): Promise<void> {
    const isNew = !run.mayBeApplied
    const isSwitched = run.doneStep === 'switch'
    if (!isSwitched) await requireFittingEdits(subject.session, entryOf(subject).record, run)
    const noted = await noteRun(subject, { ...run, failure: null, mayBeApplied: true })
    const work = this.#open(subject, running, config, noted)
    if (isSwitched) await this.#attempt(subject, running, work, 'clean', () => work.clean())
    else await this.#carryOut(subject, running, work, isNew)
  }

  async #carryOut(subject: RotationSubject, running: Running, work: RotationWork, isNew: boolean): Promise<void> {
    await this.#attempt(subject, running, work, 'apply', () => work.apply(isNew), isNew)
    await this.#attempt(subject, running, work, 'test', () => work.test())
    await this.#attempt(subject, running, work, 'switch', () => work.switch())
    if (running.target?.keepsOld) await this.#attempt(subject, running, work, 'clean', () => work.clean())
  }

  #open(subject: RotationSubject, running: Running, config: TargetConfig, run: RotationRun): RotationWork {
    const { record } = entryOf(subject)
    const target = this.#options.openTarget(config, record.name)
    void running.target?.close()
    running.target = target
    return new RotationWork({ subject, shape: shapeOf(record), config, target, isStopped: () => running.isStopped }, run)
  }

  /**
   * One step; its failure is noted, unless the vault is being locked: then the run stays as it is. `isNew`: the target was
   * never sent the new value before.
   */
  async #attempt(subject: RotationSubject, running: Running, work: RotationWork, step: RotationStep, carryOut: () => Promise<void>, isNew = false): Promise<void> {
    try {
      await carryOut()
    } catch (error) {
      if (running.isStopped || isKmsError(error, 'VAULT_LOCKED')) throw vaultLocked()
      const isUntouched = isNew && (isKmsError(error, 'ROTATION_TARGET_UNREACHABLE') || isKmsError(error, 'ROTATION_LOGIN_REFUSED'))
      await this.#noteFailure(subject, { ...work.run, mayBeApplied: !isUntouched }, work.run, step, error)
      throw this.#named(subject, error)
    }
  }

  async #noteFailure(subject: RotationSubject, run: RotationRun | null, tried: Pick<RotationRun, 'versionId' | 'account' | 'trigger'>, step: RotationStep, error: unknown): Promise<void> {
    const { code, reason } = isKmsError(error) ? { code: error.code, reason: error.details.rotationReason ?? null } : { code: 'INTERNAL', reason: null }
    try {
      await failRun(subject, run, tried, { step, code, reason })
    } catch (cause) {
      // The run is on disk without its failure: it is found pending all the same.
      this.#options.log.error('rotation-failure-not-noted', cause, { secretId: subject.secretId, code })
    }
  }

  #named(subject: RotationSubject, error: unknown): unknown {
    const name = subject.session.index.byId(subject.secretId)?.record.name
    if (!isKmsError(error) || name === undefined || error.details.secretName !== undefined) return error
    return new KmsError(error.code, error.message, { ...error.details, secretName: name }, error)
  }
}

function requireTarget({ target }: RotationState): TargetConfig {
  if (!target) throw new KmsError('ROTATION_TARGET_MISSING', 'The specified secret has no target to rotate at.')
  return target
}

function requireRun({ run }: RotationState): RotationRun {
  if (!run) throw notPending('No rotation of the specified secret waits to be finished.')
  return run
}

function notPending(message: string): KmsError {
  return new KmsError('ROTATION_NOT_PENDING', message)
}
