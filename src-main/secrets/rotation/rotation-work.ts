import { KmsError } from '../../../src-shared/errors'
import { zero } from '../../crypto/bytes'
import { vaultLocked } from '../../keystore/vault-locked'
import { openValue } from '../secret-values'
import { adminSecretIdOf, openAdmin } from './admin-login'
import { oldVersionOf } from './base-version'
import { entryOf, noteRun, switchRun, endRun, type RotationSubject } from './rotation-changes'
import type { RotationRun } from './rotation-row'
import { credentialOf } from './rotated-value'
import { loginRefused, unreachable, type Credential, type LoginAnswer, type RotationTarget } from './targets/target'
import type { TargetConfig } from './targets/target-config'
import type { ValueShape } from './value-shape'

/** What a rotation works with. */
export interface WorkTools {
  readonly subject: RotationSubject
  readonly shape: ValueShape
  readonly config: TargetConfig
  readonly target: RotationTarget
  /** True when the work must end before its next step. */
  readonly isStopped: () => boolean
}

/** The old and the new value of a run, as they log in. */
interface Pair {
  readonly old: Credential
  readonly next: Credential
}

const changedElsewhere = 'Neither the old nor the new value logs in: the account was changed elsewhere.'
const oldRefused = 'The target refuses the current value: the account was changed elsewhere.'

/**
 * The steps of a rotation at its target. Values are opened for one call each and zeroed after it. Every step throws
 * KmsError; what is known by then is in the run on disk.
 */
export class RotationWork {
  readonly #tools: WorkTools
  #run: RotationRun

  constructor(tools: WorkTools, run: RotationRun) {
    this.#tools = tools
    this.#run = run
  }

  /** What is known of the run. */
  get run(): RotationRun {
    return this.#run
  }

  /** Gives the target the new value, unless a login shows that it has it. `isNew`: the target was never sent it. */
  async apply(isNew: boolean): Promise<void> {
    const { target, subject, config } = this.#tools
    const has = await this.#valueInForce(isNew)
    if (has === 'neither') throw loginRefused(isNew ? oldRefused : changedElsewhere)
    if (has === 'old') {
      await this.#withPair(({ old, next }) => openAdmin(subject, config, (admin) => target.apply({ admin, from: old, to: next, isRollback: false })))
    }
    this.#run = await noteRun(subject, { ...this.#run, doneStep: 'apply', failure: null, mayBeApplied: true })
  }

  /** Logs in with the new value; where it took the place of the old one, that one must be refused. ROTATION_TEST_FAILED. */
  async test(): Promise<void> {
    const { target } = this.#tools
    const fresh = await this.#withPair(({ next }) => target.login(next))
    if (!fresh.isAccepted) throw testFailed(fresh.reason ?? 'The target refuses the new value.')
    if (target.keepsOld || target.isOpaque) return
    const stale = await this.#withPair(({ old }) => target.login(old))
    if (stale.isAccepted) throw testFailed('The target lets the account in with the old value as well: it may not ask for passwords at all.')
  }

  /** Makes the new version current. */
  async switch(): Promise<void> {
    this.#checkStop()
    this.#run = await switchRun(this.#tools.subject, this.#run, this.#tools.target.keepsOld)
  }

  /** Takes the old value away where it still logs in. */
  async clean(): Promise<void> {
    const { target, subject } = this.#tools
    // The target may have become one of another kind since the switch, where nothing is left.
    if (target.keepsOld) {
      await this.#withPair(({ old, next }) => target.retire(next, old))
      const stale = await this.#withPair(({ old }) => target.login(old))
      if (stale.isAccepted) throw testFailed('The target still lets the old key in.')
    }
    await endRun(subject, this.#run)
  }

  /**
   * Puts the old value back at the target, to which the new one may have been sent, and logs in with it. Only an account that
   * changes its own value is left as it is when the old one logs in: what an administrator changed may be another account of
   * that name than the one that a login finds, and a program is asked in any case.
   */
  async restore(): Promise<void> {
    const { target, config } = this.#tools
    if (target.isOpaque) await this.#putBack()
    else if (target.keepsOld) await this.#takeBack()
    else {
      const has = await this.#valueInForce(false)
      if (has === 'neither') throw loginRefused(changedElsewhere)
      if (has === 'old' && adminSecretIdOf(config) === null) return
      await this.#putBack()
    }
    const back = await this.#withPair(({ old }) => target.login(old))
    if (!back.isAccepted) throw testFailed(back.reason ?? 'The target refuses the old value.')
  }

  /** The new value was sent, so that it is in force when it logs in. */
  async #valueInForce(isNew: boolean): Promise<'old' | 'new' | 'neither'> {
    const { target } = this.#tools
    const accepts = async (which: keyof Pair): Promise<boolean> => (await this.#withPair<LoginAnswer>((pair) => target.login(pair[which]))).isAccepted
    // A new random value that the target never saw is not worth a failed login.
    if (!isNew && (await accepts('next'))) return 'new'
    if (target.isOpaque || (await accepts('old'))) return 'old'
    return 'neither'
  }

  async #putBack(): Promise<void> {
    const { target, subject, config } = this.#tools
    await this.#withPair(({ old, next }) => openAdmin(subject, config, (admin) => target.apply({ admin, from: next, to: old, isRollback: true })))
  }

  /** Where both may log in: the new one goes, after the old one is there for certain. */
  async #takeBack(): Promise<void> {
    const { target } = this.#tools
    const { isAccepted } = await this.#withPair(({ old }) => target.login(old))
    if (!isAccepted) {
      const fresh = await this.#withPair(({ next }) => target.login(next))
      if (!fresh.isAccepted) throw loginRefused(changedElsewhere)
      await this.#putBack()
    }
    await this.#withPair(({ old, next }) => target.retire(old, next))
  }

  /** Lends both values for one call. */
  async #withPair<T>(work: (pair: Pair) => Promise<T>): Promise<T> {
    this.#checkStop()
    requireKnown(this.#tools.config)
    const old = await this.#credential(oldVersionOf(entryOf(this.#tools.subject).record, this.#run))
    try {
      const next = await this.#credential(this.#run.versionId)
      try {
        return await work({ old, next })
      } finally {
        zero(next.secret)
      }
    } finally {
      zero(old.secret)
    }
  }

  async #credential(versionId: string): Promise<Credential> {
    const { subject, shape, config } = this.#tools
    const value = await openValue(subject.session, entryOf(subject).record, versionId)
    try {
      return await credentialOf(shape, config.kind, value)
    } finally {
      value.fill(0)
    }
  }

  #checkStop(): void {
    if (this.#tools.isStopped()) throw vaultLocked()
  }
}

/** A key goes to no server that has not been met before, when somebody looked. */
function requireKnown(config: TargetConfig): void {
  if (config.kind === 'ssh' && config.hostKeyFingerprint === null) throw unreachable('The key of the SSH server is not known yet: test the target first.')
}

function testFailed(rotationReason: string): KmsError {
  return new KmsError('ROTATION_TEST_FAILED', 'The login with the new value failed.', { rotationReason })
}
