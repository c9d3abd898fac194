import type { Request, Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import type { Clock, Log } from '../platform/ports'
import type { UnlockedService, UseAudit, VaultRecords } from '../vault/records'
import type { FileKeys } from './file-keys'
import type { FileUses } from './file-uses'
import { keystoreOperations, type KeystoreOperationName } from './keystore-operations'
import type { KeyOperation } from './key-operation'
import { inSlices } from './idle-work'
import { KeySchedule, type WakeAfter } from './key-schedule'
import { KeySession } from './key-session'
import { noTokens } from './token/no-tokens'
import type { TokenKeys } from './token/token-keys'
import { VaultFileKeys } from './vault-file-keys'
import { vaultLocked } from './vault-locked'
import { VaultFileUses } from './where-used-files'

/** Collaborators of the keystore. */
export interface KeystoreOptions {
  clock: Clock
  useAudit: UseAudit
  log: Log
  /** Where HSM keys are; without it every token is absent. */
  tokens?: TokenKeys
  /** The timer of what keys do by themselves. */
  wakeAfter?: WakeAfter
}

/**
 * Customer master keys of the unlocked vault. Requests and responses are the contract's; requests have been parsed.
 * Every operation throws VAULT_LOCKED while the vault is locked, and KEY_NOT_FOUND or ALIAS_NOT_FOUND for a reference
 * that names nothing. Byte arguments stay the caller's; byte results are the caller's, who zeroes plaintext.
 */
export class Keystore implements UnlockedService {
  /** What the files room needs of the keys. */
  readonly fileKeys: FileKeys = new VaultFileKeys(() => this.#session)
  /** What the files room needs of the where-used index. */
  readonly fileUses: FileUses = new VaultFileUses(() => this.#session)
  readonly #ports: KeystoreOptions
  readonly #listeners = new Set<(keyId: string | null) => void>()
  #session: KeySession | null = null
  #schedule: KeySchedule | null = null
  #stopPreparing: () => void = () => undefined

  constructor(ports: KeystoreOptions) {
    this.#ports = ports
  }

  /** Reads the metadata of all keys. VAULT_DAMAGED or VAULT_NEWER_VERSION when a row cannot be read. */
  async load(records: VaultRecords): Promise<void> {
    this.#close()
    const { clock, useAudit, log, tokens = noTokens, wakeAfter } = this.#ports
    const session = await KeySession.open({ clock, useAudit, tokens, changed: (keyId) => this.#keyChanged(keyId) }, records)
    this.#session = session
    this.#schedule = new KeySchedule(session, log, wakeAfter)
    this.#stopPreparing = inSlices(session.index.prepare())
    log.info('keys loaded', { count: session.index.size })
    this.#changed(null)
  }

  /** From now on keys rotate and end when their time comes; what came while the vault was locked is done next. */
  unlocked(): void {
    this.#schedule?.start()
  }

  unload(): void {
    this.#close()
    this.#changed(null)
  }

  /** Does all that is due by now: rotations, deletions, expiry of imported material. Never throws. */
  async catchUp(): Promise<void> {
    await this.#schedule?.run()
  }

  /**
   * Writes use counts and times of use; called before a lock. Nothing to write while locked. When it fails with
   * VAULT_WRITE_FAILED or NO_SPACE, locking goes on without harm: counts are then too high, never too low.
   */
  async flush(): Promise<void> {
    await this.#session?.usage.flush()
  }

  /** Calls `listener` with the id of a key that changed, null when all may have. Gives back how to stop it. */
  onChange(listener: (keyId: string | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Carries out an operation; its codes are told where it is written. */
  async run<N extends KeystoreOperationName>(operation: N, caller: Caller, request: Request<N>): Promise<Response<N>> {
    // The table is checked operation by operation where it is built; the compiler cannot follow the name through it.
    const work = keystoreOperations[operation] as unknown as KeyOperation<N>
    return work(this.session(), caller, request)
  }

  get isUnlocked(): boolean {
    return this.#session !== null
  }

  /** What is open now, for services that work on keys. VAULT_LOCKED. */
  session(): KeySession {
    if (!this.#session) throw vaultLocked()
    return this.#session
  }

  #close(): void {
    this.#stopPreparing()
    this.#schedule?.stop()
    this.#session?.close()
    this.#schedule = null
    this.#session = null
  }

  #keyChanged(keyId: string): void {
    this.#schedule?.keyChanged(keyId)
    this.#changed(keyId)
  }

  #changed(keyId: string | null): void {
    for (const listener of this.#listeners) {
      try {
        listener(keyId)
      } catch (cause) {
        this.#ports.log.error('key listener failed', cause)
      }
    }
  }
}
