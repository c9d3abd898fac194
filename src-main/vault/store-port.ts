/** A row as the store keeps it. Nothing in it is readable without the vault's keys but its kind and its age. */
export interface SealedRow {
  kind: number
  /** Opaque id, 16 bytes. */
  token: Uint8Array
  /** Opaque id of the parent, 16 bytes; null for a row without parent. */
  parent: Uint8Array | null
  sequence: number
  body: Uint8Array
}

/** An audit entry as the store keeps it. Sequences start at 1 and have no gaps. */
export interface SealedAuditRow {
  sequence: number
  body: Uint8Array
}

/** One transaction. Either all of it is on disk when the promise resolves, or nothing of it. */
export interface StoreChanges {
  /** The sealed head that this change builds on; the store refuses when it holds another one. Null for a new vault. */
  previousHead: Uint8Array | null
  head: Uint8Array
  puts: readonly SealedRow[]
  removes: readonly Pick<SealedRow, 'kind' | 'token'>[]
  audit: readonly SealedAuditRow[]
}

/** Bytes of one entry of rowHeads(). */
export const rowHeadBytes = 26

/**
 * Where sealed rows live. The embedded default is one SQLite file; nothing above may assume that, one process or a
 * synchronous store. Reads throw VAULT_DAMAGED when the store cannot be understood.
 */
export interface StorePort {
  /** Null when there is none. */
  readHead(): Promise<Uint8Array | null>
  /** Null when there is no such row. */
  readRow(kind: number, token: Uint8Array): Promise<SealedRow | null>
  /** All rows of a kind, ordered by token. */
  rowsOfKind(kind: number): Promise<SealedRow[]>
  /** At most `count` rows with a sequence above `sequence`, oldest first. */
  rowsSince(sequence: number, count: number): Promise<SealedRow[]>
  /** kind (2 bytes), token (16), sequence (8) of every row, big-endian, ordered by kind and token. */
  rowHeads(): Promise<Uint8Array>
  /** At most `count` audit rows from sequence `from` on, in order. */
  auditRows(from: number, count: number): Promise<SealedAuditRow[]>
  /** VAULT_WRITE_FAILED, NO_SPACE, or VAULT_IN_USE when another process has written. */
  commit(changes: StoreChanges): Promise<void>
  /** A page of the checkpoint, counted from 0; null when there is no such page. */
  readCheckpointPage(page: number): Promise<Uint8Array | null>
  /** Replaces all pages, in a transaction of its own: they may be lost at any time. VAULT_WRITE_FAILED, NO_SPACE, and what `pages` throws. */
  writeCheckpoint(pages: Iterable<Uint8Array>): Promise<void>
  /** A consistent copy as a new file at `path` (0600). */
  copyTo(path: string): Promise<void>
  /** Safe to call more than once. `settle` moves everything into the main file first; pass false for a refused vault. */
  close(settle: boolean): Promise<void>
}

/** Makes and opens stores; tests pass one that fails on purpose. */
export interface StoreFactory {
  /** A new, empty store at `path`. VAULT_WRITE_FAILED when there is something already. */
  create(path: string): Promise<StorePort>
  /** VAULT_DAMAGED when there is none or it is not one of ours, VAULT_NEWER_VERSION (nothing written) for a newer one. */
  open(path: string): Promise<StorePort>
}
