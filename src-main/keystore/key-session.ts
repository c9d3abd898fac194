import { aliasNotFound, keyNotFound, parseKeyReference } from './arn'
import type { Caller } from '../../src-shared/model/caller'
import { stateRefusal, type StateOperation } from '../../src-shared/model/state-table'
import { isKmsError, KmsError, type ErrorCode } from '../../src-shared/errors'
import type { KeyState, KeyUsage as KeyUsageKind } from '../../src-shared/model/keys'
import type { Clock } from '../platform/ports'
import type { UseAudit, VaultRecords } from '../vault/records'
import { Certificates } from './certificate-index'
import { ImportTokenExpiries } from './import-tokens'
import { KeyIndex, type KeyEntry } from './key-index'
import type { KeyProvider, KeyVersionRef } from './key-provider'
import { decodeKeyRecords, lastRotationAt, type KeyRecord } from './key-record'
import { KeyUsage, type UseCounter } from './key-usage'
import { PublicKeys } from './public-keys'
import { RoutingKeyProvider } from './routing-key-provider'
import { SerialQueue } from '../platform/serial-queue'
import { SessionClock } from './session-clock'
import { damagedRow } from './stored-row'
import type { TokenKeys } from './token/token-keys'
import { WhereUsed } from './where-used-index'

/** Collaborators of the keystore that live longer than one unlock. */
export interface KeystorePorts {
  clock: Clock
  useAudit: UseAudit
  tokens: TokenKeys
  /** Told the id of a key that changed. */
  changed: (keyId: string) => void
}

/** What a session is made of. */
interface SessionParts {
  records: VaultRecords
  clock: SessionClock
  index: KeyIndex
  usage: KeyUsage
  provider: KeyProvider
  publicKeys: PublicKeys
  whereUsed: WhereUsed
  importTokens: ImportTokenExpiries
  certificates: Certificates
  changes: SerialQueue
  changed: (keyId: string) => void
  useAudit: UseAudit
  tokens: TokenKeys
}

/** Everything the keystore holds between unlock and lock. Dropped as a whole at lock. */
export class KeySession {
  readonly records: VaultRecords
  /** Never goes back, whatever the clock of the system does. */
  readonly clock: SessionClock
  readonly index: KeyIndex
  readonly usage: UseCounter
  readonly provider: KeyProvider
  readonly publicKeys: PublicKeys
  readonly whereUsed: WhereUsed
  readonly importTokens: ImportTokenExpiries
  readonly certificates: Certificates
  /** Check, write and take-over of one change happen before the next begins. */
  readonly changes: SerialQueue
  /** Tells the listeners that a key changed. */
  readonly changed: (keyId: string) => void
  readonly tokens: TokenKeys
  readonly #parts: SessionParts

  private constructor(parts: SessionParts, usage: UseCounter = parts.usage) {
    this.records = parts.records
    this.clock = parts.clock
    this.index = parts.index
    this.usage = usage
    this.provider = parts.provider
    this.publicKeys = parts.publicKeys
    this.whereUsed = parts.whereUsed
    this.importTokens = parts.importTokens
    this.certificates = parts.certificates
    this.changes = parts.changes
    this.changed = parts.changed
    this.tokens = parts.tokens
    this.#parts = parts
  }

  /** Reads the metadata of all keys. VAULT_DAMAGED or VAULT_NEWER_VERSION when a row cannot be read. */
  static async open({ changed, useAudit, tokens, ...ports }: KeystorePorts, records: VaultRecords): Promise<KeySession> {
    const clock = new SessionClock(ports.clock)
    const usage = new KeyUsage(records, clock)
    const [importTokens] = await Promise.all([records.list('import-token'), records.scan('key-usage', (rows) => usage.take(rows))])
    const session = new KeySession({
      records,
      clock,
      index: new KeyIndex(),
      usage,
      provider: new RoutingKeyProvider(records, tokens),
      publicKeys: new PublicKeys(records),
      whereUsed: new WhereUsed(records),
      importTokens: new ImportTokenExpiries(importTokens),
      certificates: new Certificates(records),
      changes: new SerialQueue(),
      changed,
      useAudit,
      tokens,
    })
    session.clock.seen(session.importTokens.newestMadeAt)
    await records.scan('key', (rows) => {
      for (const [at, record] of decodeKeyRecords(rows.map(({ bytes }) => bytes)).entries()) {
        if (record.keyId !== rows[at]?.id) throw damagedRow('key record')
        const lastUseAt = session.usage.lastUseAt(record.keyId)
        session.clock.seen(Math.max(lastRotationAt(record), lastUseAt ?? 0))
        session.index.put(record, lastUseAt)
      }
    })
    return session
  }

  /** The same keys for a trial of a use: nothing is counted, and `useAudit` hears what would have been written. */
  rehearsal(useAudit: UseAudit): KeySession {
    return new KeySession({ ...this.#parts, useAudit }, this.#parts.usage.rehearsal())
  }

  /** Milliseconds since the epoch; see SessionClock. */
  nowMs(): number {
    return this.clock.nowMs()
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

  /** As resolve(); null when it names nothing. */
  find(reference: string): KeyEntry | null {
    try {
      return this.resolve(reference)
    } catch (error) {
      if (isKmsError(error, 'KEY_NOT_FOUND') || isKmsError(error, 'ALIAS_NOT_FOUND')) return null
      throw error
    }
  }

  /** Notes a use that went well. */
  recordUse(caller: Caller, keyId: string): void {
    this.index.used(keyId, this.usage.lastUseAt(keyId))
    this.#parts.useAudit.record(caller, keyId, null)
  }

  /** Notes a call that was refused after its key was known. */
  recordRefusal(caller: Caller, keyId: string, code: ErrorCode): void {
    this.#parts.useAudit.record(caller, keyId, code)
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

/** Imported material that has expired is as good as none, also before it is destroyed; a pending deletion goes on. */
export function effectiveState({ keyState, importedMaterial }: KeyRecord, nowMs: number): KeyState {
  const hasExpired = importedMaterial.expiresAt !== null && importedMaterial.expiresAt <= nowMs
  return hasExpired && keyState !== 'PendingDeletion' ? 'PendingImport' : keyState
}

/** What the state that the key has at this moment says against the operation (kms-api 1.4); null when nothing. */
export function useError(session: KeySession, record: KeyRecord, operation: StateOperation): KmsError | null {
  const code = stateRefusal(operation, effectiveState(record, session.nowMs()))
  return code === null ? null : new KmsError(code, stateMessages[code], { keyId: record.keyId })
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
export function primaryVersion(record: KeyRecord): KeyVersionRef {
  return versionOf(record, record.primaryVersionId)
}

/** Null when the key has no such version. */
export function findVersion(record: KeyRecord, keyVersionId: string): KeyVersionRef | null {
  return record.versions.some((version) => version.keyVersionId === keyVersionId) ? versionOf(record, keyVersionId) : null
}

/** A version that the key has, or is about to have. */
export function versionOf({ keyId, keySpec, protectionLevel }: KeyRecord, keyVersionId: string): KeyVersionRef {
  return { keyId, keySpec, keyVersionId, protectionLevel }
}
