import type { AuditSignature, KeychainState, SlotEntry, VaultStatus } from '../../src-shared/contract/vault'
import type { Response } from '../../src-shared/contract/operations'
import { KmsError } from '../../src-shared/errors'
import { systemCaller, type Caller } from '../../src-shared/model/caller'
import type { Argon2Parameters } from '../crypto/argon2'
import { encodeRecoveryWords } from '../crypto/recovery-words'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { Clock, Keyring, Log } from '../platform/ports'
import { SerialQueue } from '../platform/serial-queue'
import type { AuditQuery } from './audit-reader'
import { listAuditSignatures, signAuditChain, verifyAudit } from './audit-signatures'
import { BackupService } from './backup'
import { createVault } from './creating'
import type { TokenSlot } from './header'
import { LifeCycle } from './life-cycle'
import { checkPassphraseStrength } from './passphrase-slot'
import type { RecordKind, RecordTransaction, StoredRecord, UnlockedService, UseAudit, VaultRecords } from './records'
import { RollbackGuard } from './rollback-guard'
import { SlotKdfs } from './slot-kdf'
import { SlotManager } from './slot-manager'
import { sqliteStores } from './sqlite-store'
import type { StoreFactory } from './store-port'
import { type ChosenTokenKey, noTokens, type TokenPort } from './token-port'
import { stillUnwrapped, unwrapWithPassphrase, unwrapWithPin, unwrapWithToken, unwrapWithWords } from './unlocking'
import { UseAuditQueue } from './use-audit'
import { VaultFiles } from './vault-files'
import { readStatus, readTokenSlots } from './vault-status'

export interface VaultOptions {
  folder: string
  clock: Clock
  keyring: Keyring
  log: Log
  /** Who creates and restores, for the audit log. */
  client?: string
  /** Where rows live; SQLite by default. */
  stores?: StoreFactory
  /** Reaches tokens that unlock; none by default. */
  tokens?: TokenPort
  /** How long dispose() waits for the keychain. */
  keyringPatienceMs?: number
  /** For tests only: cost of key derivation, in place of the floor. */
  argon2Floor?: Readonly<Argon2Parameters>
}

/** What a new vault is made of; the passphrase is borrowed. */
export interface CreateRequest {
  passphrase: Uint8Array
  name: string
  kdfTargetMs?: number
  caller?: Caller
}

/**
 * One vault in one folder: created, unlocked, used and locked here. Every method of VaultRecords and of slots, backup and
 * audit throws VAULT_LOCKED while it is locked. Byte arguments are borrowed; the caller zeroes them.
 */
export class Vault implements VaultRecords {
  readonly useAudit: UseAudit
  readonly #options: VaultOptions
  readonly #stores: StoreFactory
  readonly #tokens: TokenPort
  readonly #files: VaultFiles
  readonly #life: LifeCycle
  readonly #guard: RollbackGuard
  readonly #kdfs: SlotKdfs
  readonly #slots: SlotManager
  readonly #backups: BackupService
  readonly #queue: UseAuditQueue
  readonly #listeners = new Set<(status: VaultStatus) => void>()
  #words: SecretBuffer | null = null
  #keychain: KeychainState | null = null
  /** Life cycle and slots change one at a time. */
  readonly #gate = new SerialQueue()
  /** Counts locks: what a token was asked for before one opens nothing after it. */
  #locks = 0

  constructor(options: VaultOptions) {
    const { clock, keyring, log } = options
    this.#options = options
    this.#stores = options.stores ?? sqliteStores
    this.#tokens = options.tokens ?? noTokens
    this.#files = new VaultFiles(options.folder)
    this.#guard = new RollbackGuard(keyring, log, options.keyringPatienceMs ?? 1000)
    this.#kdfs = new SlotKdfs(options.argon2Floor)
    this.#slots = new SlotManager({ kdfs: this.#kdfs, keyring, tokens: this.#tokens, clock, log })
    this.#backups = new BackupService({ files: this.#files, stores: this.#stores, kdfs: this.#kdfs, clock })
    this.#queue = new UseAuditQueue(clock, log, async () => this.#life.open?.flushAudit())
    this.useAudit = this.#queue
    const { files, stores, guard, queue } = { files: this.#files, stores: this.#stores, guard: this.#guard, queue: this.#queue }
    this.#life = new LifeCycle({ files, stores, clock, log, guard, useAudit: queue, records: this, changed: () => this.#changed() })
  }

  /** UUID of the unlocked vault. VAULT_LOCKED. */
  get vaultId(): string {
    return this.#life.current().header.vaultId
  }

  get isUnlocked(): boolean {
    return this.#life.isReady
  }

  /** Cheap, also while locked. Asks the keychain in the background when the vault has quick unlock. */
  async status(): Promise<VaultStatus> {
    const status = await readStatus(this.#files, {
      openHeader: this.#life.isReady ? this.#life.current().header : null,
      ownsLock: this.#life.ownsLock,
      keychain: this.#keychain,
      rolledBack: this.#life.rolledBack,
      recoveryKitPending: this.#words !== null,
    })
    if (this.#keychain === null && status.pinAttemptsLeft !== null) void this.#probeInBackground()
    return status
  }

  /** Keys on tokens that open the vault, also while it is locked. */
  async tokenSlots(): Promise<readonly TokenSlot[]> {
    return readTokenSlots(this.#files, this.#life.isReady ? this.#life.current().header : null)
  }

  /** Calls `listener` after every change of the status; the result stops it. */
  onChange(listener: (status: VaultStatus) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** `service` is loaded at each unlock, in the order of registration, and unloaded at lock in reverse. */
  register(service: UnlockedService): void {
    this.#life.register(service)
  }

  /**
   * Makes a vault, leaves it unlocked, and gives the recovery words, which also stay pending. VAULT_EXISTS,
   * PASSPHRASE_TOO_WEAK, VAULT_INSECURE, VAULT_IN_USE, VAULT_WRITE_FAILED, NO_SPACE.
   */
  async create(request: CreateRequest): Promise<string[]> {
    return this.#gate.run(async () => {
      checkPassphraseStrength(request.passphrase)
      await this.#life.prepareNew()
      const made = await createVault({ files: this.#files, stores: this.#stores, kdfs: this.#kdfs, clock: this.#options.clock }, request)
      this.#keepWords(made.entropy)
      await this.#life.start(made.session, made.header, request.caller ?? this.#ownCaller('createVault'), null).catch((error: unknown) => {
        this.#keepWords(null)
        throw error
      })
      return encodeRecoveryWords(made.entropy)
    })
  }

  /** WRONG_PASSPHRASE, VAULT_NOT_FOUND, VAULT_DAMAGED, VAULT_IN_USE, KDF_OUT_OF_RANGE, SLOT_NOT_FOUND and more of opening. */
  async unlockWithPassphrase(caller: Caller, passphrase: Uint8Array): Promise<void> {
    await this.#gate.run(() => this.#life.unlock(caller, (header) => unwrapWithPassphrase(this.#kdfs, header, passphrase)))
  }

  /** WRONG_PIN (details.attemptsLeft), QUICK_UNLOCK_REMOVED, KEYCHAIN_MISSING, KEYCHAIN_LOCKED, KEYCHAIN_TIMEOUT, as above. */
  async unlockWithPin(caller: Caller, pin: Uint8Array): Promise<void> {
    const { keyring, log } = this.#options
    const parts = { files: this.#files, keyring, kdfs: this.#kdfs, log }
    await this.#gate.run(() => this.#life.unlock(caller, (header) => unwrapWithPin(parts, header, pin)))
  }

  /** SLOT_NOT_FOUND, TOKEN_NOT_FOUND (details.tokenLabel), TOKEN_PIN_WRONG (details.pinState), TOKEN_SLOT_REFUSED, more of tokens, as above. */
  async unlockWithToken(caller: Caller, slotId: string | null, pin: Uint8Array | null): Promise<void> {
    const locks = this.#locks
    const header = await this.#gate.run(() => this.#life.header())
    this.#requireSince(locks)
    // A token may take its time, in which the vault can be unlocked in other ways.
    const asked = unwrapWithToken(this.#tokens, header, slotId, pin)
    await asked.catch(() => undefined)
    try {
      await this.#gate.run(() => this.#life.unlock(caller, async (now) => (this.#requireSince(locks), stillUnwrapped(await asked, now))))
    } finally {
      await asked.then(({ root }) => root.destroy(), () => undefined)
    }
  }

  /** Sets a new passphrase when one is given. WRONG_RECOVERY_WORDS, RECOVERY_WORDS_MISTYPED, PASSPHRASE_TOO_WEAK, as above. */
  async unlockWithRecoveryWords(caller: Caller, words: Uint8Array, newPassphrase?: Uint8Array): Promise<void> {
    await this.#gate.run(async () => {
      if (newPassphrase) checkPassphraseStrength(newPassphrase)
      await this.#life.unlock(caller, async (header) => unwrapWithWords(header, words))
      if (newPassphrase) await this.#slots.setPassphrase(this.#life.current(), { ...caller, operation: 'changePassphrase' }, newPassphrase)
    })
    this.#changed()
  }

  /**
   * Writes what waits, unloads the services, destroys every key and closes the database. False, and nothing to do, when
   * the vault is locked by the time that what runs before has ended.
   */
  async lock(caller: Caller): Promise<boolean> {
    this.#locks += 1
    return this.#gate.run(async () => {
      const wasOpen = this.#life.open !== null
      await this.#life.stop(caller)
      this.#keepWords(null)
      return wasOpen
    })
  }

  async list(kind: RecordKind): Promise<StoredRecord[]> {
    return this.#life.current().session.list(kind)
  }

  async scan(kind: RecordKind, visit: (records: readonly StoredRecord[]) => void): Promise<void> {
    await this.#life.current().session.scan(kind, visit)
  }

  async read(kind: RecordKind, id: string): Promise<Uint8Array | null> {
    return this.#life.current().session.read(kind, id)
  }

  async mutate<T>(caller: Caller, resource: string | ((result: T) => string), work: (tx: RecordTransaction) => Promise<T>): Promise<T> {
    return this.#life.current().mutate(caller, resource, work)
  }

  /** Slots and the state of the keychain, asked now. */
  async listSlots(): Promise<{ slots: SlotEntry[]; keychain: KeychainState }> {
    const [slots, keychain] = await Promise.all([this.#slots.list(this.#life.current()), this.#probe()])
    return { slots, keychain }
  }

  /** WRONG_PASSPHRASE, PASSPHRASE_TOO_WEAK, VAULT_WRITE_FAILED, NO_SPACE. */
  async changePassphrase(caller: Caller, current: Uint8Array, next: Uint8Array, kdfTargetMs?: number): Promise<void> {
    await this.#gate.run(() => this.#slots.changePassphrase(this.#life.current(), caller, current, next, kdfTargetMs))
  }

  /** New words in place of the old ones; they stay pending. WRONG_PASSPHRASE. */
  async renewRecoveryKit(caller: Caller, passphrase: Uint8Array): Promise<string[]> {
    const words = await this.#gate.run(async () => {
      const entropy = await this.#slots.renewRecoveryKit(this.#life.current(), caller, passphrase)
      this.#keepWords(entropy)
      return encodeRecoveryWords(entropy)
    })
    this.#changed()
    return words
  }

  /** Words that wait to be saved or printed; null when there are none. */
  pendingRecoveryWords(): string[] | null {
    return this.#words && encodeRecoveryWords(this.#words)
  }

  /** Destroys the pending words. */
  dismissRecoveryKit(): void {
    this.#keepWords(null)
    this.#changed()
  }

  /** WRONG_PASSPHRASE, KEYCHAIN_MISSING, KEYCHAIN_LOCKED, KEYCHAIN_TIMEOUT, INVALID_PARAMETER for a short PIN. */
  async addQuickUnlock(caller: Caller, passphrase: Uint8Array, pin: Uint8Array): Promise<SlotEntry> {
    const entry = await this.#gate.run(() => this.#slots.addQuickUnlock(this.#life.current(), caller, passphrase, pin))
    this.#changed()
    return entry
  }

  /** WRONG_PASSPHRASE, LIMIT_EXCEEDED, TOKEN_KEY_USE_REFUSED, and what else the token answers. Passphrase and PIN are borrowed. */
  async addTokenSlot(caller: Caller, passphrase: Uint8Array, key: ChosenTokenKey): Promise<SlotEntry> {
    const locks = this.#locks
    await this.#gate.run(() => this.#slots.verify(this.#life.current(), passphrase))
    const prepared = await this.#slots.prepareToken(this.vaultId, key)
    try {
      return await this.#gate.run(async () => {
        this.#requireSince(locks)
        return this.#slots.keepToken(this.#life.current(), caller, prepared)
      })
    } finally {
      prepared.secret.destroy()
      this.#changed()
    }
  }

  /** SLOT_NOT_FOUND, LAST_SLOT. */
  async removeSlot(caller: Caller, slotId: string): Promise<void> {
    await this.#gate.run(() => this.#slots.remove(this.#life.current(), caller, slotId))
    this.#changed()
  }

  /** A consistent, sealed copy under its own passphrase. PASSPHRASE_TOO_WEAK, TARGET_NOT_WRITABLE, NO_SPACE. */
  async backup(caller: Caller, targetPath: string, passphrase: Uint8Array): Promise<Response<'backupVault'>> {
    return this.#gate.run(() => this.#backups.write(this.#life.current(), caller, targetPath, passphrase))
  }

  /** The restore drill; also while locked or without a vault. BACKUP_INVALID, WRONG_PASSPHRASE, VAULT_NEWER_VERSION, AUDIT_BROKEN. */
  async checkBackup(path: string, passphrase: Uint8Array): Promise<Response<'checkBackup'>> {
    return this.#backups.check(path, passphrase)
  }

  /** Makes a vault of a backup, locked. VAULT_EXISTS, BACKUP_INVALID, WRONG_PASSPHRASE, VAULT_NEWER_VERSION. */
  async restore(path: string, passphrase: Uint8Array, caller: Caller = this.#ownCaller('restoreVault')): Promise<void> {
    await this.#gate.run(async () => {
      await this.#life.prepareNew()
      const { vaultId } = await this.#backups.restore(path, passphrase)
      this.#guard.forget(vaultId)
      this.#queue.record(caller, vaultId, null)
    })
    this.#changed()
  }

  /** Newest first; what waits is written before. AUDIT_BROKEN when a needed entry cannot be opened. */
  async listAuditEntries(query: AuditQuery): Promise<Response<'listAuditEntries'>> {
    const open = this.#life.current()
    await open.flushAudit()
    return open.audit.list(query)
  }

  /** The chain as it ends now, signed by a key on a token. TOKEN_MECHANISM_UNSUPPORTED, and what else the token answers. */
  async signAudit(caller: Caller, key: ChosenTokenKey): Promise<AuditSignature> {
    return signAuditChain(this.#life.current(), this.#tokens, this.#options.clock.nowMs(), caller, key)
  }

  /** Signatures of the chain, newest first. */
  async listAuditSignatures(): Promise<AuditSignature[]> {
    return listAuditSignatures(this.#life.current().session)
  }

  /** Walks the whole chain and compares its signatures. */
  async verifyAudit(): Promise<Response<'verifyAudit'>> {
    const open = this.#life.current()
    await open.flushAudit()
    return verifyAudit(open.session, open.header.vaultId)
  }

  /** Locks, and gives the vault free for other processes. */
  async dispose(): Promise<void> {
    await this.lock(this.#ownCaller('lockVault'))
    this.#queue.stop()
    await this.#guard.settled()
    await this.#gate.run(() => this.#life.release())
  }

  #keepWords(words: SecretBuffer | null): void {
    this.#words?.destroy()
    this.#words = words
  }

  /** CANCELLED when the vault was locked since. */
  #requireSince(locks: number): void {
    if (locks !== this.#locks) throw new KmsError('CANCELLED', 'The vault was locked meanwhile.')
  }

  #ownCaller(operation: string): Caller {
    return { ...systemCaller(operation), client: this.#options.client ?? 'keystead' }
  }

  async #probe(): Promise<KeychainState> {
    this.#keychain = await this.#options.keyring.probe()
    return this.#keychain
  }

  async #probeInBackground(): Promise<void> {
    const before = this.#keychain
    if ((await this.#probe()) !== before) this.#changed()
  }

  #changed(): void {
    if (this.#listeners.size > 0) void this.#tell()
  }

  async #tell(): Promise<void> {
    try {
      const status = await this.status()
      for (const listener of this.#listeners) listener(status)
    } catch (error) {
      this.#options.log.error('vault-status', error)
    }
  }
}
