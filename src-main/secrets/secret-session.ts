import { isKmsError, KmsError, type ErrorCode } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { KeySession } from '../keystore/key-session'
import { SerialQueue } from '../platform/serial-queue'
import type { UseAudit, VaultRecords } from '../vault/records'
import { secretArn } from './arn'
import { SecretIndex, type SecretEntry } from './secret-index'
import type { SecretRecord } from './secret-record'

/** What a session is made of. */
interface SessionParts {
  keys: KeySession
  records: VaultRecords
  index: SecretIndex
  changes: SerialQueue
  useAudit: UseAudit
  changed: (secretName: string | null) => void
  /** Whether a rotation works on a secret now. */
  isRotating: (secretId: string) => boolean
}

/** Collaborators that live longer than one unlock. */
export type SecretPorts = Pick<SessionParts, 'useAudit' | 'changed' | 'isRotating'>

/** Everything the secret manager holds between unlock and lock; no value is among it. Dropped as a whole at lock. */
export class SecretSession {
  readonly keys: KeySession
  readonly records: VaultRecords
  readonly index: SecretIndex
  /** Check, write and take-over of one change happen before the next begins. */
  readonly changes: SerialQueue
  /** Tells the listeners that a secret of this name changed; null: many. */
  readonly changed: (secretName: string | null) => void
  readonly #parts: SessionParts

  private constructor(parts: SessionParts) {
    this.keys = parts.keys
    this.records = parts.records
    this.index = parts.index
    this.changes = parts.changes
    this.changed = parts.changed
    this.#parts = parts
  }

  /** Reads the metadata of all secrets. VAULT_DAMAGED or VAULT_NEWER_VERSION when a row cannot be read. */
  static async open(ports: SecretPorts, keys: KeySession, records: VaultRecords): Promise<SecretSession> {
    const session = new SecretSession({ ...ports, keys, records, index: new SecretIndex(), changes: new SerialQueue() })
    await records.scan('secret', (rows) => session.index.take(rows))
    for (const { summary } of session.index.entries()) keys.clock.seen(summary.updatedAt)
    return session
  }

  /** The same secrets for a trial of a use: nothing is counted, and `useAudit` hears what would have been written. */
  rehearsal(useAudit: UseAudit): SecretSession {
    return new SecretSession({ ...this.#parts, keys: this.keys.rehearsal({ record: () => undefined }), useAudit })
  }

  get vaultId(): string {
    return this.records.vaultId
  }

  /** Milliseconds since the epoch; never goes back. */
  nowMs(): number {
    return this.keys.nowMs()
  }

  /** Whether a rotation works on a secret now, so that its values may be on their way to a target. */
  isRotating(secretId: string): boolean {
    return this.#parts.isRotating(secretId)
  }

  /** The secret that a name or an ARN means, also one in the recycle bin. SECRET_NOT_FOUND. */
  resolve(reference: string): SecretEntry {
    const entry = this.find(reference)
    if (!entry) throw secretNotFound()
    return entry
  }

  /** As resolve(); null when there is none. */
  find(reference: string): SecretEntry | null {
    const start = secretArn(this.vaultId, '')
    if (reference.startsWith(start)) return this.index.byName(reference.slice(start.length))
    return this.index.byName(reference)
  }

  /** Notes a use of a secret's value that went well. */
  recordUse(caller: Caller, { name, keyId }: SecretRecord): void {
    this.keys.index.used(keyId, this.keys.usage.lastUseAt(keyId))
    this.#parts.useAudit.record(caller, name, null)
  }

  /** Notes a call that was refused after its secret was known. */
  recordRefusal(caller: Caller, secretName: string, code: ErrorCode): void {
    this.#parts.useAudit.record(caller, secretName, code)
  }

  /** Runs `work` for a secret; a refusal is written to the audit log and passed on. */
  async audited<T>(caller: Caller, secretName: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      // Without a vault to write to there is no audit log either.
      if (!isKmsError(error, 'VAULT_LOCKED')) this.recordRefusal(caller, secretName, isKmsError(error) ? error.code : 'INTERNAL')
      throw error
    }
  }
}

/** SECRET_NOT_FOUND. The message does not repeat what was asked for. */
export function secretNotFound(): KmsError {
  return new KmsError('SECRET_NOT_FOUND', 'The specified secret is not found in this vault.')
}

/** SECRET_IN_DELETE_WINDOW for a secret in the recycle bin: nothing reads or changes it but a restore. */
export function requireActive({ record }: Pick<SecretEntry, 'record'>): void {
  if (record.deletesAt !== null) throw inDeleteWindow(record)
}

/** SECRET_IN_DELETE_WINDOW. */
export function inDeleteWindow({ name }: Pick<SecretRecord, 'name'>): KmsError {
  return new KmsError('SECRET_IN_DELETE_WINDOW', 'The specified secret is deleted and waits for the end of its recovery window.', { secretName: name })
}

/** ROTATION_RUNNING. */
export function rotationRunning({ name }: Pick<SecretRecord, 'name'>): KmsError {
  return new KmsError('ROTATION_RUNNING', 'The specified secret is being rotated right now.', { secretName: name })
}
