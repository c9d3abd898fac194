import type { Caller } from '../../src-shared/model/caller'
import type { Request, Response } from '../../src-shared/contract/operations'
import type { Clock, Log } from '../platform/ports'
import type { UnlockedService, UseAudit, VaultRecords } from '../vault/records'
import type { FileKeys } from './file-keys'
import * as lifeCycle from './key-life-cycle'
import * as operations from './key-operations'
import * as queries from './key-queries'
import { KeySession } from './key-session'
import { VaultFileKeys, vaultLocked } from './vault-file-keys'

/**
 * Customer master keys of the unlocked vault. Requests and responses are the contract's; requests have been parsed.
 * Every operation throws VAULT_LOCKED while the vault is locked, and KEY_NOT_FOUND or ALIAS_NOT_FOUND for a reference
 * that names nothing. Byte arguments stay the caller's; byte results are the caller's, who zeroes plaintext.
 */
export class Keystore implements UnlockedService {
  /** What the files room needs of the keys. */
  readonly fileKeys: FileKeys = new VaultFileKeys(() => this.#session)
  readonly #ports: { clock: Clock; useAudit: UseAudit; log: Log }
  readonly #listeners = new Set<(keyId: string | null) => void>()
  #session: KeySession | null = null

  constructor(ports: { clock: Clock; useAudit: UseAudit; log: Log }) {
    this.#ports = ports
  }

  /** Reads the metadata of all keys. VAULT_DAMAGED or VAULT_NEWER_VERSION when a row cannot be read. */
  async load(records: VaultRecords): Promise<void> {
    const session = await KeySession.open(this.#ports, records)
    this.#session = session
    this.#ports.log.info('keys loaded', { count: session.index.size })
    this.#changed(null)
  }

  unload(): void {
    this.#session = null
    this.#changed(null)
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

  /** CreateKey. INVALID_PARAMETER, UNSUPPORTED_ORIGIN, UNSUPPORTED_PROTECTION_LEVEL. */
  async createKey(caller: Caller, request: Request<'createKey'>): Promise<Response<'createKey'>> {
    const response = await lifeCycle.createKey(this.#unlocked(), caller, request)
    this.#changed(response.keyMetadata.keyId)
    return response
  }

  /** DescribeKey. */
  async describeKey(request: Request<'describeKey'>): Promise<Response<'describeKey'>> {
    return queries.describeKey(this.#unlocked(), request)
  }

  /** ListKeys. */
  async listKeys(request: Request<'listKeys'>): Promise<Response<'listKeys'>> {
    return queries.listKeys(this.#unlocked(), request)
  }

  /** UpdateKeyDescription. KEY_PENDING_DELETION. */
  async updateKeyDescription(caller: Caller, request: Request<'updateKeyDescription'>): Promise<Response<'updateKeyDescription'>> {
    this.#changed(await lifeCycle.updateKeyDescription(this.#unlocked(), caller, request))
    return {}
  }

  /** CreateAlias. INVALID_PARAMETER, ALIAS_EXISTS, STATE_MODIFIED_FAILED. */
  async createAlias(caller: Caller, request: Request<'createAlias'>): Promise<Response<'createAlias'>> {
    this.#changed(await lifeCycle.createAlias(this.#unlocked(), caller, request))
    return {}
  }

  /** ListAliases. */
  async listAliases(request: Request<'listAliases'>): Promise<Response<'listAliases'>> {
    return queries.listAliases(this.#unlocked(), request)
  }

  /** Encrypt. State codes, UNSUPPORTED_OPERATION, KEY_USE_EXHAUSTED. */
  async encrypt(caller: Caller, request: Request<'encrypt'>): Promise<Response<'encrypt'>> {
    return operations.encrypt(this.#unlocked(), caller, request)
  }

  /** Decrypt. INVALID_CIPHERTEXT, KEY_VERSION_NOT_FOUND, state codes. */
  async decrypt(caller: Caller, request: Request<'decrypt'>): Promise<Response<'decrypt'>> {
    return operations.decrypt(this.#unlocked(), caller, request)
  }

  /** GenerateDataKey. State codes, UNSUPPORTED_OPERATION, KEY_USE_EXHAUSTED. */
  async generateDataKey(caller: Caller, request: Request<'generateDataKey'>): Promise<Response<'generateDataKey'>> {
    return operations.generateDataKey(this.#unlocked(), caller, request)
  }

  /** A window of the key list for the page. */
  async searchKeys(request: Request<'searchKeys'>): Promise<Response<'searchKeys'>> {
    return queries.searchKeys(this.#unlocked(), request)
  }

  #unlocked(): KeySession {
    if (!this.#session) throw vaultLocked()
    return this.#session
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
