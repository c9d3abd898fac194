import { aliasNotFound, keyNotFound, parseKeyReference } from './arn'
import type { Caller } from '../../src-shared/model/caller'
import { stateRefusal, type StateOperation } from '../../src-shared/model/state-table'
import { isKmsError, KmsError, type ErrorCode } from '../../src-shared/errors'
import type { KeyUsage as KeyUsageKind } from '../../src-shared/model/keys'
import type { Clock } from '../platform/ports'
import type { UseAudit, VaultRecords } from '../vault/records'
import { KeyIndex, type KeyEntry } from './key-index'
import type { KeyProvider, KeyVersionRef } from './key-provider'
import { decodeKeyRecord, type KeyRecord } from './key-record'
import { KeyUsage } from './key-usage'
import { SerialQueue } from './serial-queue'
import { SoftwareKeyProvider } from './software-key-provider'
import { damagedRow } from './stored-row'

/** Collaborators of the keystore that live longer than one unlock. */
export interface KeystorePorts {
  clock: Clock
  useAudit: UseAudit
  /** Told the id of a key that changed. */
  changed: (keyId: string) => void
}

/** Everything the keystore holds between unlock and lock. Dropped as a whole at lock. */
export class KeySession {
  readonly records: VaultRecords
  readonly clock: Clock
  readonly index = new KeyIndex()
  readonly usage: KeyUsage
  readonly provider: KeyProvider
  /** Check, write and take-over of one change happen before the next begins. */
  readonly changes = new SerialQueue()
  /** Tells the listeners that a key changed. */
  readonly changed: (keyId: string) => void
  readonly #useAudit: UseAudit

  private constructor(ports: KeystorePorts, records: VaultRecords, usage: KeyUsage) {
    this.records = records
    this.clock = ports.clock
    this.usage = usage
    this.provider = new SoftwareKeyProvider(records)
    this.changed = ports.changed
    this.#useAudit = ports.useAudit
  }

  /** Reads the metadata of all keys. VAULT_DAMAGED or VAULT_NEWER_VERSION when a row cannot be read. */
  static async open(ports: KeystorePorts, records: VaultRecords): Promise<KeySession> {
    const [keys, usage] = await Promise.all([records.list('key'), records.list('key-usage')])
    const session = new KeySession(ports, records, new KeyUsage(records, ports.clock, usage))
    for (const row of keys) {
      const record = decodeKeyRecord(row.bytes)
      if (record.keyId !== row.id) throw damagedRow('key record')
      session.index.put(record, session.usage.lastUseAt(record.keyId))
    }
    return session
  }

  /** Forgets what is open; called at lock. */
  close(): void {
    this.provider.close()
  }

  /** The key that an id, ARN or alias names. KEY_NOT_FOUND, ALIAS_NOT_FOUND. */
  resolve(reference: string): KeyEntry {
    const parsed = parseKeyReference(this.records.vaultId, reference)
    if (parsed.kind === 'key') {
      const entry = this.index.byId(parsed.keyId)
      if (!entry) throw keyNotFound()
      return entry
    }
    const entry = this.index.byAlias(parsed.aliasName)
    if (!entry) throw aliasNotFound()
    return entry
  }

  /** Notes a use that went well. */
  recordUse(caller: Caller, keyId: string): void {
    this.index.used(keyId, this.usage.lastUseAt(keyId))
    this.#useAudit.record(caller, keyId, null)
  }

  /** Notes a call that was refused after its key was known. */
  recordRefusal(caller: Caller, keyId: string, code: ErrorCode): void {
    this.#useAudit.record(caller, keyId, code)
  }

  /** Runs `work` for a resolved key; a refusal is written to the audit log and passed on. */
  async audited<T>(caller: Caller, keyId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      // Without a vault to write to there is no audit log either.
      if (!isKmsError(error, 'VAULT_LOCKED')) this.recordRefusal(caller, keyId, isKmsError(error) ? error.code : 'INTERNAL')
      throw error
    }
  }
}

const stateMessages = {
  KEY_DISABLED: 'The specified key is disabled.',
  KEY_PENDING_DELETION: 'The specified key is waiting for its deletion.',
  KEY_PENDING_IMPORT: 'The specified key has no key material yet.',
  STATE_MODIFIED_FAILED: 'The state of the specified key does not allow this operation.',
} as const

/** What the state of the key says against the operation (kms-api 1.4); null when nothing. */
export function stateError({ keyId, keyState }: Pick<KeyRecord, 'keyId' | 'keyState'>, operation: StateOperation): KmsError | null {
  const code = stateRefusal(operation, keyState)
  return code === null ? null : new KmsError(code, stateMessages[code], { keyId })
}

/** Throws the code of kms-api 1.4 when the key's state refuses the operation. */
export function requireState(record: KeyRecord, operation: StateOperation): void {
  const refusal = stateError(record, operation)
  if (refusal) throw refusal
}

/** As stateError(), at this moment: imported material that has expired is as good as none (KEY_PENDING_IMPORT). */
export function useError({ clock }: KeySession, record: KeyRecord, operation: StateOperation): KmsError | null {
  const { expiresAt } = record.importedMaterial
  const hasExpired = expiresAt !== null && expiresAt <= clock.nowMs() && record.keyState !== 'PendingDeletion'
  return stateError(hasExpired ? { keyId: record.keyId, keyState: 'PendingImport' } : record, operation)
}

/** Throws what useError() says. */
export function requireUsable(session: KeySession, record: KeyRecord, operation: StateOperation): void {
  const refusal = useError(session, record, operation)
  if (refusal) throw refusal
}

/** UNSUPPORTED_OPERATION when the key is for something else. */
export function requireUsage({ keyId, keyUsage }: KeyRecord, needed: KeyUsageKind): void {
  if (keyUsage === needed) return
  throw new KmsError('UNSUPPORTED_OPERATION', `The usage of the specified key is ${keyUsage}, not ${needed}.`, { keyId })
}

/** The version that new encryptions use. */
export function primaryVersion({ keyId, keySpec, primaryVersionId }: KeyRecord): KeyVersionRef {
  return { keyId, keySpec, keyVersionId: primaryVersionId }
}

/** Null when the key has no such version. */
export function findVersion({ keyId, keySpec, versions }: KeyRecord, keyVersionId: string): KeyVersionRef | null {
  return versions.some((version) => version.keyVersionId === keyVersionId) ? { keyId, keySpec, keyVersionId } : null
}
