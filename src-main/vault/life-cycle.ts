import { isKmsError, KmsError } from '../../src-shared/errors'
import { systemCaller, type Caller } from '../../src-shared/model/caller'
import { utf8 } from '../crypto/bytes'
import type { Clock, Log } from '../platform/ports'
import { assertPrivateFolder, ensurePrivateFolder } from '../platform/private-folder'
import type { Header } from './header'
import { LockFile } from './lock-file'
import { OpenVault } from './open-vault'
import { openSession } from './opening'
import { locked } from './problems'
import type { UnlockedService, VaultRecords } from './records'
import type { RollbackGuard } from './rollback-guard'
import type { VaultSession } from './session'
import type { StoreFactory } from './store-port'
import type { Unwrapped } from './unlocking'
import type { UseAuditQueue } from './use-audit'
import type { VaultFiles } from './vault-files'

/** What opening and closing a vault needs. */
export interface LifeCycleParts {
  files: VaultFiles
  stores: StoreFactory
  clock: Clock
  log: Log
  guard: RollbackGuard
  useAudit: UseAuditQueue
  /** Handed to the services when they load. */
  records: VaultRecords
  /** Something that the status shows has changed. */
  changed: () => void
}

/** Opens and closes the vault: lock file, session, services, the notes of it in the audit log. Calls come one at a time. */
export class LifeCycle {
  readonly #parts: LifeCycleParts
  readonly #lock: LockFile
  readonly #services: UnlockedService[] = []
  #open: OpenVault | null = null
  #isReady = false
  #rolledBack = false

  constructor(parts: LifeCycleParts) {
    this.#parts = parts
    this.#lock = new LockFile(parts.files.lock)
  }

  /** True from the moment all services are loaded until locking begins. */
  get isReady(): boolean {
    return this.#isReady
  }

  get rolledBack(): boolean {
    return this.#rolledBack
  }

  get ownsLock(): boolean {
    return this.#lock.isHeld
  }

  /** Null while the vault is locked. */
  get open(): OpenVault | null {
    return this.#open
  }

  /** VAULT_LOCKED. */
  current(): OpenVault {
    if (!this.#open) throw locked()
    return this.#open
  }

  register(service: UnlockedService): void {
    this.#services.push(service)
  }

  /** Makes the folder ready for a vault to be made in it, as its only user. VAULT_EXISTS, VAULT_INSECURE, VAULT_IN_USE. */
  async prepareNew(): Promise<void> {
    const { files } = this.#parts
    if (await files.exists()) throw exists()
    await ensurePrivateFolder(files.folder)
    await this.#lock.acquire()
    await files.removeLeftovers()
    if (await files.exists()) throw exists()
  }

  /** The header of the open vault, or of the one to unlock, as its only user. VAULT_NOT_FOUND, VAULT_INSECURE, VAULT_IN_USE. */
  async header(): Promise<Header> {
    return this.#open?.header ?? this.#claimHeader()
  }

  /** Unlocks with what `unwrap` gives; when the vault is open already, only checks that it gives something. */
  async unlock(caller: Caller, unwrap: (header: Header) => Promise<Unwrapped>): Promise<void> {
    const { useAudit, stores, files, changed } = this.#parts
    const header = await this.header()
    const { root, slotId, header: now } = await unwrap(header).catch((error: unknown) => {
      useAudit.record(caller, '', isKmsError(error) ? error.code : 'INTERNAL')
      changed()
      throw error
    })
    if (this.#open) root.destroy()
    else await this.start(await openSession(stores, files.database, now, root), now, caller, slotId)
  }

  /** Takes over an opened session and loads the services. */
  async start(session: VaultSession, header: Header, caller: Caller, slotId: string | null): Promise<void> {
    const { files, useAudit, clock, log, guard, records, changed } = this.#parts
    const open = new OpenVault({ session, header, files, useAudit, clock, log })
    this.#open = open
    try {
      // The services read first: a vault that one of them finds damaged has not been written to.
      for (const service of this.#services) await service.load(records)
      await this.#noteUnlock(open, caller, slotId)
    } catch (error) {
      await this.#shut(open)
      throw error
    }
    this.#isReady = true
    for (const service of this.#services) service.unlocked?.()
    this.#rolledBack = false
    guard.check(header.vaultId, session.head.generation, () => {
      this.#rolledBack = true
      changed()
    })
    changed()
  }

  /** Locks. No-op while locked. Never throws. */
  async stop(caller: Caller): Promise<void> {
    const open = this.#open
    if (!open) return
    const { useAudit, guard, changed } = this.#parts
    this.#isReady = false
    useAudit.record(caller, open.header.vaultId, null)
    await this.#shut(open)
    guard.remember(open.header.vaultId, open.session.head.generation)
    changed()
  }

  /** Gives the vault free for other processes. */
  async release(): Promise<void> {
    await this.#lock.release()
  }

  async #claimHeader(): Promise<Header> {
    const { files } = this.#parts
    if (!(await files.exists())) throw notFound()
    await assertPrivateFolder(files.folder)
    await this.#lock.acquire()
    await files.removeLeftovers()
    const header = await files.readHeader()
    if (!header) throw notFound()
    return header
  }

  /** A full disk must not keep people from their keys: the entry then waits for the next transaction. */
  async #noteUnlock(open: OpenVault, caller: Caller, slotId: string | null): Promise<void> {
    const { useAudit, clock, log } = this.#parts
    const { revision, vaultId } = open.header
    const resource = slotId ?? vaultId
    if (revision !== open.session.head.headerRevision) useAudit.record(systemCaller('adoptUnlockSlots'), vaultId, null)
    const usedAt = utf8(new Date(clock.nowMs()).toISOString())
    try {
      await open.mutate(caller, resource, async (tx) => (slotId === null ? undefined : tx.put('slot-usage', slotId, null, usedAt)), revision)
    } catch (error) {
      if (!isKmsError(error, 'NO_SPACE') && !isKmsError(error, 'VAULT_WRITE_FAILED')) throw error
      useAudit.record(caller, resource, null)
      log.warn('unlock-audit', { code: error.code })
    }
  }

  async #shut(open: OpenVault): Promise<void> {
    this.#isReady = false
    await open.settle()
    for (const service of this.#services.toReversed()) service.unload()
    await open.close()
    this.#open = null
  }
}

function exists(): KmsError {
  return new KmsError('VAULT_EXISTS', 'There is a vault in this folder already.')
}

function notFound(): KmsError {
  return new KmsError('VAULT_NOT_FOUND', 'There is no vault in this folder yet.')
}
