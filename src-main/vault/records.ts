import type { Caller } from '../../src-shared/model/caller'

/**
 * Kinds of sealed rows that services keep. One metadata row per key; one row per key material.
 * `id` of a key-material, key-usage or public-key row is the key version id, its parent the key id. Rows `where-used`
 * and `certificate` have the key id as parent, `rotation-run` is named by the key id. `secret` (metadata), `secret-values`
 * (all its versions, each under its own data key) and `secret-rotation` (target, run, history) are named by the secret's
 * id; a piece of a `secret-attachment` has the secret's id as parent.
 */
export type RecordKind =
  | 'key'
  | 'key-material'
  | 'key-usage'
  | 'public-key'
  | 'import-token'
  | 'certificate'
  | 'where-used'
  | 'rotation-run'
  | 'secret'
  | 'secret-values'
  | 'secret-rotation'
  | 'secret-attachment'

/** An opened row. `bytes` belong to the caller, who zeroes them when they are secret. */
export interface StoredRecord {
  id: string
  parentId: string | null
  sequence: number
  bytes: Uint8Array
}

export interface RecordTransaction {
  /** Null when there is no such row. */
  read(kind: RecordKind, id: string): Promise<Uint8Array | null>
  /** Seals `bytes` (copied; the caller still owns them) as the row's new content. */
  put(kind: RecordKind, id: string, parentId: string | null, bytes: Uint8Array): Promise<void>
  /** No-op when there is no such row. */
  remove(kind: RecordKind, id: string): Promise<void>
}

/**
 * The unlocked vault as services see it. Every method throws VAULT_LOCKED while it is locked.
 * Nothing above may assume one process or a synchronous store.
 */
export interface VaultRecords {
  /** UUID of the vault, part of ARNs. */
  readonly vaultId: string
  list(kind: RecordKind): Promise<StoredRecord[]>
  /**
   * Calls `visit` with all rows of a kind, some hundred at a time, in no order that means something. Rows are lent for the
   * time of the call: of a hundred thousand never more than these are open. Transactions wait until it is done, so one
   * must not wait for it.
   */
  scan(kind: RecordKind, visit: (records: readonly StoredRecord[]) => void): Promise<void>
  /** Null when there is no such row. */
  read(kind: RecordKind, id: string): Promise<Uint8Array | null>
  /**
   * Runs `work` as one transaction together with its audit entry (caller, resource, result ok). Transactions run one
   * after the other. When `work` throws, nothing of it is kept and the error is passed on.
   * VAULT_WRITE_FAILED or NO_SPACE when the disk refuses; memory must not change before this has resolved.
   */
  mutate<T>(caller: Caller, resource: string | ((result: T) => string), work: (tx: RecordTransaction) => Promise<T>): Promise<T>
}

/** Audit of calls that change no row: cryptographic use and refusals. Written in batches, at lock at the latest. */
export interface UseAudit {
  record(caller: Caller, resource: string, code: string | null): void
}

/** A service with state that lives only while the vault is unlocked. */
export interface UnlockedService {
  /** Called after the root key is there; reads its rows into memory. */
  load(records: VaultRecords): Promise<void>
  /** Called once every service is loaded and the unlock is in the audit log: from here on it may write. Never throws. */
  unlocked?(): void
  /** Destroys keys and empties every index. Never throws. */
  unload(): void
}
