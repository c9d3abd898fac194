import { openAesGcm, sealAesGcm } from '../crypto/aes-gcm'
import { concatBytes, copyBytes, u32, utf8 } from '../crypto/bytes'
import { formatVersion, lengthPrefixed } from './encoding'
import { kindNumbers, type RowKind } from './kinds'
import { rowHeadBytes } from './store-port'
import type { VaultKeys } from './vault-keys'

/** Kinds that are listed at each unlock. Key material is never copied here: it is opened only when it is used. */
export const checkpointKinds = ['key', 'key-usage'] as const satisfies readonly RowKind[]
const checkpointNumbers: ReadonlySet<number> = new Set(checkpointKinds.map((kind) => kindNumbers[kind]))

const hashBytes = 32
const fixedBytes = 4 + hashBytes + 4

/**
 * A sealed copy of all metadata rows, so that an unlock opens one block and not ten thousand (vault-format section 6). It is
 * only a shortcut: what it says about a row counts as long as the row has the same kind, token and sequence, and a
 * missing, damaged or old one costs time and nothing else.
 */
export class Checkpoint {
  /** Row heads at the time it was made, and their multiset hash. */
  readonly heads: Uint8Array
  readonly rowsHash: Uint8Array
  readonly #content: Uint8Array
  /** By number of the head: where its content begins and ends. */
  readonly #places = new Map<number, [start: number, end: number]>()

  private constructor(content: Uint8Array) {
    const view = new DataView(content.buffer, content.byteOffset, content.length)
    const headsEnd = fixedBytes + view.getUint32(4 + hashBytes) * rowHeadBytes
    this.#content = content
    this.rowsHash = content.slice(4, 4 + hashBytes)
    this.heads = content.slice(fixedBytes, headsEnd)
    let offset = headsEnd
    for (let index = 0; index * rowHeadBytes < this.heads.length; index++) {
      if (!isCopied(this.heads, index)) continue
      const end = offset + 4 + view.getUint32(offset)
      this.#places.set(index, [offset + 4, end])
      offset = end
    }
  }

  /** Null when it was not sealed by this vault or by another version. */
  static open(keys: VaultKeys, vaultId: string, sealed: Uint8Array): Checkpoint | null {
    const content = keys.use('checkpoint', (key) => openAesGcm(key, sealed, associatedData(vaultId)))
    return content && new Checkpoint(content)
  }

  /** A copy of the content of the row with this number among the heads; null for kinds that are not copied. */
  contentOf(index: number): Uint8Array | null {
    const place = this.#places.get(index)
    return place ? copyBytes(this.#content.subarray(...place)) : null
  }

  /** Zeroes everything. */
  destroy(): void {
    this.#content.fill(0)
    this.#places.clear()
  }
}

/** Seals a checkpoint; `contentOf` gives the opened content of a metadata row by the number of its head. */
export function sealCheckpoint(keys: VaultKeys, vaultId: string, heads: Uint8Array, rowsHash: Uint8Array, contentOf: (index: number) => Uint8Array): Uint8Array {
  const count = heads.length / rowHeadBytes
  const parts: Uint8Array[] = [u32(formatVersion), rowsHash, u32(count), heads]
  for (let index = 0; index < count; index++) {
    if (!isCopied(heads, index)) continue
    const content = contentOf(index)
    parts.push(u32(content.length), content)
  }
  const plain = concatBytes(...parts)
  const sealed = keys.use('checkpoint', (key) => sealAesGcm(key, plain, associatedData(vaultId)))
  plain.fill(0)
  return sealed
}

function isCopied(heads: Uint8Array, index: number): boolean {
  const offset = index * rowHeadBytes
  return checkpointNumbers.has((heads[offset] ?? 0) * 256 + (heads[offset + 1] ?? 0))
}

function associatedData(vaultId: string): Uint8Array {
  return lengthPrefixed(u32(formatVersion), utf8('checkpoint'), utf8(vaultId))
}
