import { copyBytes } from '../crypto/bytes'
import { toHex } from './encoding'
import { kindNumbers, type RowKind } from './kinds'
import type { RecordTransaction } from './records'
import { sealRow, tokenOf } from './row-sealing'
import type { SealedRow } from './store-port'
import type { VaultKeys } from './vault-keys'

type Change = { put: SealedRow; bytes: Uint8Array } | { remove: Pick<SealedRow, 'kind' | 'token'> }

/** RecordTransaction over every kind of row. */
export interface RowTransaction extends RecordTransaction {
  read(kind: RowKind, id: string): Promise<Uint8Array | null>
  put(kind: RowKind, id: string, parentId: string | null, bytes: Uint8Array): Promise<void>
  remove(kind: RowKind, id: string): Promise<void>
}

/**
 * The changes of one transaction, kept in memory until they are committed together; nothing has to be undone when the
 * work fails. Reads see what was put before.
 */
export class RowChanges implements RowTransaction {
  readonly #keys: VaultKeys
  readonly #readStored: (kind: RowKind, id: string) => Promise<Uint8Array | null>
  readonly #changes = new Map<string, Change>()
  #nextSequence: number

  constructor(keys: VaultKeys, nextSequence: number, readStored: (kind: RowKind, id: string) => Promise<Uint8Array | null>) {
    this.#keys = keys
    this.#nextSequence = nextSequence
    this.#readStored = readStored
  }

  get nextSequence(): number {
    return this.#nextSequence
  }

  get puts(): SealedRow[] {
    return [...this.#changes.values()].flatMap((change) => ('put' in change ? [change.put] : []))
  }

  get removes(): Pick<SealedRow, 'kind' | 'token'>[] {
    return [...this.#changes.values()].flatMap((change) => ('remove' in change ? [change.remove] : []))
  }

  async read(kind: RowKind, id: string): Promise<Uint8Array | null> {
    const change = this.#changes.get(this.#nameOf(kind, id))
    if (!change) return this.#readStored(kind, id)
    return 'put' in change ? copyBytes(change.bytes) : null
  }

  async put(kind: RowKind, id: string, parentId: string | null, bytes: Uint8Array): Promise<void> {
    const name = this.#nameOf(kind, id)
    this.#forget(name)
    const sequence = this.#nextSequence++
    this.#changes.set(name, { put: sealRow(this.#keys, { kind: kindNumbers[kind], id, parentId, sequence, bytes }), bytes: copyBytes(bytes) })
  }

  async remove(kind: RowKind, id: string): Promise<void> {
    const name = this.#nameOf(kind, id)
    this.#forget(name)
    this.#changes.set(name, { remove: { kind: kindNumbers[kind], token: tokenOf(this.#keys, id) } })
  }

  /** Zeroes the copies of what was put. */
  destroy(): void {
    for (const name of this.#changes.keys()) this.#forget(name)
  }

  #forget(name: string): void {
    const change = this.#changes.get(name)
    if (change && 'put' in change) change.bytes.fill(0)
  }

  #nameOf(kind: RowKind, id: string): string {
    return `${kindNumbers[kind]}:${toHex(tokenOf(this.#keys, id))}`
  }
}
