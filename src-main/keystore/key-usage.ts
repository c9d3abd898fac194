import { systemCaller } from '../../src-shared/model/caller'
import { KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import type { Clock } from '../platform/ports'
import type { StoredRecord, VaultRecords } from '../vault/records'
import { SerialQueue } from '../platform/serial-queue'
import { checkLayouts, damagedRow, encodeRow, isCount, parseRows } from './stored-row'

/** Uses are reserved in blocks of this size, so that a crash counts too many and never too few. */
export const usesPerReservation = 2 ** 20

/** Layout 1: encryptions reserved, time of the last use or null. */
const layoutVersion = 1
const what = 'key usage record'
const caller = systemCaller('recordKeyUse')

interface Counter {
  keyId: string
  keyVersionId: string
  /** Encryptions so far, or more. */
  used: number
  /** What the vault says: encryptions below this number are already paid for. */
  reserved: number
  lastUseAt: number | null
  isDirty: boolean
}

/** What is known of the use of a key version. Times are milliseconds since the epoch. */
export interface VersionUse {
  encryptions: number
  lastUseAt: number | null
}

/** What is counted and remembered of the use of keys. */
export interface UseCounter {
  /** Null when the key was never used. */
  lastUseAt(keyId: string): number | null
  /** Encryptions of a version so far (or a little more after a crash), and its last use; null: never. */
  ofVersion(keyVersionId: string): VersionUse
  /** Pays for one GCM encryption before it happens. KEY_USE_EXHAUSTED, VAULT_WRITE_FAILED, NO_SPACE. */
  takeEncryption(keyId: string, keyVersionId: string): Promise<void>
  /** Remembers a use that costs nothing: any but a GCM encryption. */
  noteUse(keyId: string, keyVersionId: string): void
  /** Writes what is not on disk yet. */
  flush(): Promise<void>
  /** Runs `work`, which removes the rows of a key, with no other write in between, and forgets the key. */
  forgetWith(keyId: string, work: () => Promise<void>): Promise<void>
}

/**
 * Counts the encryptions under each key version (random 96-bit GCM nonces: at most 2^32 per key) and remembers when a
 * key was last used. Rows `key-usage`, id = key version id, parent = key id.
 */
export class KeyUsage implements UseCounter {
  readonly #records: VaultRecords
  readonly #clock: Clock
  readonly #counters = new Map<string, Counter>()
  readonly #lastUse = new Map<string, number>()
  readonly #writes = new SerialQueue()

  constructor(records: VaultRecords, clock: Clock) {
    this.#records = records
    this.#clock = clock
  }

  /** Takes over rows as the vault holds them. VAULT_DAMAGED or VAULT_NEWER_VERSION when one cannot be read. */
  take(rows: readonly StoredRecord[]): void {
    for (const [at, fields] of parseRows(rows.map(({ bytes }) => bytes)).entries()) this.#add(counterOf(rows[at], fields))
  }

  /** Null when the key was never used. */
  lastUseAt(keyId: string): number | null {
    return this.#lastUse.get(keyId) ?? null
  }

  /**
   * Pays for one encryption before it happens; may write a reservation first. KEY_USE_EXHAUSTED after 2^32.
   * VAULT_WRITE_FAILED or NO_SPACE when the reservation cannot be written: then nothing may be encrypted.
   */
  async takeEncryption(keyId: string, keyVersionId: string): Promise<void> {
    const counter = this.#counterOf(keyId, keyVersionId)
    while (counter.used >= counter.reserved) {
      if (counter.used >= limits.gcmUsesPerKey) throw exhausted(keyId)
      await this.#writes.run(() => this.#reserve(counter))
    }
    counter.used += 1
    this.#touch(counter)
  }

  /** Written with the next flush. */
  noteUse(keyId: string, keyVersionId: string): void {
    this.#touch(this.#counterOf(keyId, keyVersionId))
  }

  /** Writes exact counts and times of use, and gives back what was reserved and not used. Nothing to do: no write. */
  flush(): Promise<void> {
    return this.#writes.run(async () => {
      const dirty = [...this.#counters.values()].filter((counter) => counter.isDirty)
      if (dirty.length === 0) return
      // Before the write, not after: an encryption that starts meanwhile must reserve anew.
      for (const counter of dirty) {
        counter.reserved = counter.used
        counter.isDirty = false
      }
      try {
        await this.#write(dirty.map((counter) => ({ ...counter })), 'keys')
      } catch (error) {
        for (const counter of dirty) counter.isDirty = true
        throw error
      }
    })
  }

  ofVersion(keyVersionId: string): VersionUse {
    const counter = this.#counters.get(keyVersionId)
    return { encryptions: counter?.used ?? 0, lastUseAt: counter?.lastUseAt ?? null }
  }

  forgetWith(keyId: string, work: () => Promise<void>): Promise<void> {
    return this.#writes.run(async () => {
      await work()
      for (const counter of this.#counters.values()) if (counter.keyId === keyId) this.#counters.delete(counter.keyVersionId)
      this.#lastUse.delete(keyId)
    })
  }

  /** Answers as this one does and counts nothing. */
  rehearsal(): UseCounter {
    return {
      lastUseAt: (keyId) => this.lastUseAt(keyId),
      ofVersion: (keyVersionId) => this.ofVersion(keyVersionId),
      takeEncryption: async (keyId, keyVersionId) => {
        if ((this.#counters.get(keyVersionId)?.used ?? 0) >= limits.gcmUsesPerKey) throw exhausted(keyId)
      },
      noteUse: () => undefined,
      flush: async () => undefined,
      forgetWith: (_keyId, work) => work(),
    }
  }

  async #reserve(counter: Counter): Promise<void> {
    if (counter.used < counter.reserved) return
    const reserved = Math.min(counter.used + usesPerReservation, limits.gcmUsesPerKey)
    await this.#write([{ ...counter, used: reserved }], counter.keyId)
    counter.reserved = reserved
    counter.isDirty = true
  }

  #write(counters: readonly Counter[], resource: string): Promise<void> {
    return this.#records.mutate(caller, resource, async (tx) => {
      for (const { keyId, keyVersionId, used, lastUseAt } of counters) {
        await tx.put('key-usage', keyVersionId, keyId, encodeRow(layoutVersion, [used, lastUseAt]))
      }
    })
  }

  #touch(counter: Counter): void {
    counter.lastUseAt = this.#clock.nowMs()
    counter.isDirty = true
    this.#lastUse.set(counter.keyId, counter.lastUseAt)
  }

  #counterOf(keyId: string, keyVersionId: string): Counter {
    const known = this.#counters.get(keyVersionId)
    if (known) return known
    const fresh: Counter = { keyId, keyVersionId, used: 0, reserved: 0, lastUseAt: null, isDirty: false }
    this.#counters.set(keyVersionId, fresh)
    return fresh
  }

  #add(counter: Counter): void {
    this.#counters.set(counter.keyVersionId, counter)
    if (counter.lastUseAt === null) return
    this.#lastUse.set(counter.keyId, Math.max(counter.lastUseAt, this.#lastUse.get(counter.keyId) ?? 0))
  }
}

function counterOf(row: StoredRecord | undefined, fields: unknown): Counter {
  const [, used, lastUseAt] = checkLayouts(fields, layoutVersion, [2], what)
  const [id, parentId] = [row?.id, row?.parentId ?? null]
  if (id === undefined || parentId === null || !isCount(used) || !(lastUseAt === null || isCount(lastUseAt))) throw damagedRow(what)
  return { keyId: parentId, keyVersionId: id, used, reserved: used, lastUseAt, isDirty: false }
}

function exhausted(keyId: string): KmsError {
  return new KmsError('KEY_USE_EXHAUSTED', 'This key version has encrypted as often as is safe; rotate the key.', {
    keyId,
    limit: limits.gcmUsesPerKey,
  })
}
