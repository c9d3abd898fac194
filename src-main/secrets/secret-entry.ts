import { decodeSecretRecord, decodeSecretRecords, decodeSecretSummary, type SecretRecord } from './secret-record'
import { summaryOf, type SecretSummary } from './secret-summary'

/** A secret in the index. One object per secret for its whole life. The record is read from its row when it is asked for. */
export class SecretEntry {
  readonly secretId: string
  /** Number of the entry in the search text. */
  readonly slot: number
  summary: SecretSummary
  /** In the recycle bin. Here as well because every list asks it of every secret. */
  isDeleted: boolean
  /** Null until it is needed. */
  nameSortKey: string | null = null
  #record: SecretRecord | null
  #row: Uint8Array | null

  private constructor(secretId: string, slot: number, summary: SecretSummary, record: SecretRecord | null, row: Uint8Array | null) {
    this.secretId = secretId
    this.slot = slot
    this.summary = summary
    this.isDeleted = summary.deletesAt !== null
    this.#record = record
    this.#row = row
  }

  static ofRecord(record: SecretRecord, slot: number): SecretEntry {
    return new SecretEntry(record.secretId, slot, summaryOf(record), record, null)
  }

  /** Keeps `row`. VAULT_DAMAGED, VAULT_NEWER_VERSION. */
  static ofRow(secretId: string, row: Uint8Array, slot: number): SecretEntry {
    return new SecretEntry(secretId, slot, decodeSecretSummary(row), null, row)
  }

  /** The same object until the secret changes. VAULT_DAMAGED. */
  get record(): SecretRecord {
    this.#record ??= this.glance()
    this.#row = null
    return this.#record
  }

  /** As `record`, which is not kept if it was not known: for a look at many. VAULT_DAMAGED. */
  glance(): SecretRecord {
    if (this.#record) return this.#record
    if (!this.#row) throw new Error('an entry has a record or a row')
    return decodeSecretRecord(this.secretId, this.#row)
  }

  /** glance() at many, several times as fast. */
  static glances(entries: readonly SecretEntry[]): SecretRecord[] {
    const unread = entries.flatMap((entry) => (entry.#row ? [{ secretId: entry.secretId, row: entry.#row }] : []))
    const read = decodeSecretRecords(unread)[Symbol.iterator]()
    return entries.map((entry) => entry.#record ?? read.next().value ?? entry.glance())
  }

  takeOver(record: SecretRecord): void {
    this.#record = record
    this.#row = null
    this.summary = summaryOf(record)
    this.isDeleted = record.deletesAt !== null
    this.nameSortKey = null
  }
}
