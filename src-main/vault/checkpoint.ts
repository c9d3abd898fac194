import { openAesGcm, sealAesGcm } from '../crypto/aes-gcm'
import { copyBytes, joinBytes, u32, utf8 } from '../crypto/bytes'
import { formatVersion, lengthPrefixed } from './encoding'
import { kindNumbers, type RowKind } from './kinds'
import { headsOfKind } from './row-index'
import { rowHeadBytes } from './store-port'
import type { VaultKeys } from './vault-keys'

/** Kinds that are listed at each unlock, in the order of their numbers. Key material is never copied here: it is opened only when it is used. */
export const checkpointKinds = ['key', 'key-usage'] as const satisfies readonly RowKind[]

const hashBytes = 32
const fixedBytes = 4 + hashBytes + 4

/** Contents of the rows of one kind, in the order of their heads; `bytes` belong to who asked for them. */
export interface CopiedContents {
  heads: Uint8Array
  bytes: Uint8Array
  /** Where each content ends in `bytes`; the next one begins 4 bytes later, after its length. */
  ends: Uint32Array
}

/**
 * A sealed copy of all metadata rows, so that an unlock opens one block and not a hundred thousand (vault-format section
 * 6). It is only a shortcut: what it says about a row counts as long as the row has the same kind, token and sequence,
 * and a missing, damaged or old one costs time and nothing else.
 */
export class Checkpoint {
  /** Row heads at the time it was made, and their multiset hash. */
  readonly heads: Uint8Array
  readonly rowsHash: Uint8Array
  /** The contents one after the other, each after its length; null once released. */
  #contents: Uint8Array | null

  private constructor(plain: Uint8Array) {
    const view = new DataView(plain.buffer, plain.byteOffset, plain.length)
    const headsEnd = fixedBytes + view.getUint32(4 + hashBytes) * rowHeadBytes
    this.rowsHash = plain.slice(4, 4 + hashBytes)
    this.heads = plain.slice(fixedBytes, headsEnd)
    this.#contents = plain.subarray(headsEnd)
  }

  /** Null when it was not sealed by this vault or by another version. */
  static open(keys: VaultKeys, vaultId: string, sealed: Uint8Array): Checkpoint | null {
    const plain = keys.use('checkpoint', (key) => openAesGcm(key, sealed, associatedData(vaultId)))
    return plain && new Checkpoint(plain)
  }

  /** Null for a kind that is not copied, and after release(). */
  contentsOf(kind: number): CopiedContents | null {
    let rest = this.#contents
    if (!rest) return null
    for (const copied of checkpointKinds) {
      const { heads } = headsOfKind(this.heads, kindNumbers[copied])
      const ends = endsIn(rest, heads.length / rowHeadBytes)
      const size = ends.at(-1) ?? 0
      if (kindNumbers[copied] === kind) return { heads, bytes: copyBytes(rest.subarray(0, size)), ends }
      rest = rest.subarray(size)
    }
    return null
  }

  /** Zeroes the contents, which are of no more use once they have been listed; the heads stay. */
  release(): void {
    this.#contents?.fill(0)
    this.#contents = null
  }
}

/** Seals a checkpoint; `contents` are the opened contents of all rows of the copied kinds, in the order of their heads. */
export function sealCheckpoint(keys: VaultKeys, vaultId: string, heads: Uint8Array, rowsHash: Uint8Array, contents: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [u32(formatVersion), rowsHash, u32(heads.length / rowHeadBytes), heads]
  for (const content of contents) parts.push(u32(content.length), content)
  const plain = joinBytes(parts)
  const sealed = keys.use('checkpoint', (key) => sealAesGcm(key, plain, associatedData(vaultId)))
  plain.fill(0)
  return sealed
}

function endsIn(contents: Uint8Array, count: number): Uint32Array {
  const view = new DataView(contents.buffer, contents.byteOffset, contents.length)
  const ends = new Uint32Array(count)
  let end = 0
  for (let index = 0; index < count; index++) {
    end += 4 + view.getUint32(end)
    ends[index] = end
  }
  return ends
}

function associatedData(vaultId: string): Uint8Array {
  return lengthPrefixed(u32(formatVersion), utf8('checkpoint'), utf8(vaultId))
}
