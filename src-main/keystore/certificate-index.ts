import { KmsError } from '../../src-shared/errors'
import type { VaultRecords } from '../vault/records'
import { decodeCertificate, type CertificateRecord } from './certificate-record'
import { SerialQueue } from '../platform/serial-queue'
import { SortedList } from './sorted-list'

/**
 * The certificates of the vault. Rows are read when somebody first asks, not at unlock. Writers write their row in a
 * transaction of their own, one change after the other (KeySession.changes), and say here what has become of it.
 */
export class Certificates {
  readonly #records: VaultRecords
  readonly #queue = new SerialQueue()
  readonly #newestFirst = new SortedList<CertificateRecord>((a, b) => b.ordinal - a.ordinal)
  #byId: Map<string, CertificateRecord> | null = null

  constructor(records: VaultRecords) {
    this.#records = records
  }

  /** CERTIFICATE_NOT_FOUND, VAULT_LOCKED, VAULT_DAMAGED. */
  async get(certificateId: string): Promise<CertificateRecord> {
    const record = (await this.#loaded()).get(certificateId)
    if (!record) throw new KmsError('CERTIFICATE_NOT_FOUND', 'The specified certificate is not found in this vault.')
    return record
  }

  /** All of them, newest first. VAULT_LOCKED, VAULT_DAMAGED. */
  async all(): Promise<readonly CertificateRecord[]> {
    const loaded = await this.#loaded()
    return this.#newestFirst.items(() => loaded.values())
  }

  /** Those of a key, newest first. VAULT_LOCKED, VAULT_DAMAGED. */
  async ofKey(keyId: string): Promise<readonly CertificateRecord[]> {
    return (await this.all()).filter((record) => record.keyId === keyId)
  }

  /** The ordinal of the next certificate; for callers whose turn it is to change something. */
  async nextOrdinal(): Promise<number> {
    const [newest] = await this.all()
    return newest === undefined ? 1 : newest.ordinal + 1
  }

  /** Takes over a record whose row has been written. */
  put(record: CertificateRecord): Promise<void> {
    return this.#follow((byId) => {
      this.#drop(byId, record.certificateId)
      byId.set(record.certificateId, record)
      this.#newestFirst.changed(record)
    })
  }

  /** Forgets records whose rows have been removed. */
  remove(certificateIds: readonly string[]): Promise<void> {
    return this.#follow((byId) => {
      for (const certificateId of certificateIds) this.#drop(byId, certificateId)
    })
  }

  /** In the queue, so that no change slips in between reading the rows and taking them over. */
  #follow(change: (byId: Map<string, CertificateRecord>) => void): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#byId !== null) change(this.#byId)
    })
  }

  #drop(byId: Map<string, CertificateRecord>, certificateId: string): void {
    const known = byId.get(certificateId)
    if (!known) return
    byId.delete(certificateId)
    this.#newestFirst.removed(known)
  }

  async #loaded(): Promise<Map<string, CertificateRecord>> {
    return this.#byId ?? this.#queue.run(() => this.#load())
  }

  async #load(): Promise<Map<string, CertificateRecord>> {
    if (this.#byId !== null) return this.#byId
    const rows = await this.#records.list('certificate')
    return (this.#byId = new Map(rows.map(({ id, bytes }) => [id, decodeCertificate(id, bytes)])))
  }
}
