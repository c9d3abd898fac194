import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import { inSlices } from '../keystore/idle-work'
import type { WakeAfter } from '../keystore/key-schedule'
import type { Keystore } from '../keystore/keystore'
import { vaultLocked } from '../keystore/vault-locked'
import type { Clock, Log } from '../platform/ports'
import type { UnlockedService, UseAudit, VaultRecords } from '../vault/records'
import { secretCoreOperations, type SecretCoreOperationName } from './secret-core-operations'
import type { SecretOperation } from './secret-operation'
import { deletionDuty, SecretSchedule, type SecretDuty } from './secret-schedule'
import { SecretSession } from './secret-session'

/** Collaborators of the secret manager. */
export interface SecretsOptions {
  keystore: Keystore
  clock: Clock
  useAudit: UseAudit
  log: Log
  /** What secrets do by themselves when their time comes, beside ending when their recovery window does. */
  duties?: readonly SecretDuty[]
  /** The timer of it. */
  wakeAfter?: WakeAfter
  /** Whether a rotation works on a secret now; unless it is given none ever does. */
  isRotating?: (secretId: string) => boolean
}

/** Secrets of the unlocked vault. To be registered after the keystore, whose keys seal the values. */
export class Secrets implements UnlockedService {
  readonly #options: SecretsOptions
  readonly #listeners = new Set<(secretName: string | null) => void>()
  #session: SecretSession | null = null
  #schedule: SecretSchedule | null = null
  #stopPreparing: () => void = () => undefined

  constructor(options: SecretsOptions) {
    this.#options = options
  }

  /** Reads the metadata of all secrets. VAULT_DAMAGED or VAULT_NEWER_VERSION when a row cannot be read. */
  async load(records: VaultRecords): Promise<void> {
    this.#close()
    const { keystore, useAudit, log, duties = [], isRotating = () => false, wakeAfter } = this.#options
    const session = await SecretSession.open({ useAudit, changed: (name) => this.#secretChanged(name), isRotating }, keystore.session(), records)
    this.#session = session
    this.#schedule = new SecretSchedule(session, [deletionDuty, ...duties], log, wakeAfter)
    this.#stopPreparing = inSlices(session.index.prepare())
    log.info('secrets loaded', { count: session.index.size })
    this.#changed(null)
  }

  /** From now on secrets end when their time comes; what came while the vault was locked is done next. */
  unlocked(): void {
    this.#schedule?.start()
  }

  unload(): void {
    this.#close()
    this.#changed(null)
  }

  /** Does all that is due by now. Never throws. */
  async catchUp(): Promise<void> {
    await this.#schedule?.run()
  }

  /** Carries out an operation; its codes are told where it is written. VAULT_LOCKED. */
  async run<N extends SecretCoreOperationName>(operation: N, caller: Caller, request: Request<N>): Promise<Response<N>> {
    // The table is checked operation by operation where it is built; the compiler cannot follow the name through it.
    const work = secretCoreOperations[operation] as unknown as SecretOperation<N>
    return work(this.session(), caller, request)
  }

  /** What is open now. VAULT_LOCKED. */
  session(): SecretSession {
    if (!this.#session) throw vaultLocked()
    return this.#session
  }

  get isUnlocked(): boolean {
    return this.#session !== null
  }

  /** Calls `listener` with the name of a secret that changed, null when all may have. Gives back how to stop it. */
  onChange(listener: (secretName: string | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #close(): void {
    this.#stopPreparing()
    this.#schedule?.stop()
    this.#schedule = null
    this.#session = null
  }

  #secretChanged(secretName: string | null): void {
    this.#schedule?.secretChanged(secretName)
    this.#changed(secretName)
  }

  #changed(secretName: string | null): void {
    for (const listener of this.#listeners) {
      try {
        listener(secretName)
      } catch (cause) {
        this.#options.log.error('secret listener failed', cause)
      }
    }
  }
}
