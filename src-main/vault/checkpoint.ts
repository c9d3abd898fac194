import { decryptAesGcm, encryptAesGcm, openAesGcm, sealAesGcm, sealOverheadBytes } from '../crypto/aes-gcm'
import { concatBytes, joinBytes, u32, u64, utf8 } from '../crypto/bytes'
import { hkdfSha256 } from '../crypto/hkdf'
import { randomBytesOf } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import { formatVersion, lengthPrefixed } from './encoding'
import { kindNumbers, type RowKind } from './kinds'
import type { SealedRow, StorePort } from './store-port'
import type { VaultKeys } from './vault-keys'

/** Kinds that are listed at each unlock. Key material and values of secrets are never copied here: they are opened only when they are used. */
export const checkpointKinds = ['key', 'key-usage', 'secret'] as const satisfies readonly RowKind[]

/** Contents of a page; a content that is longer has a page of its own. Small, so that no page is ever a burden for the memory. */
const pageBytes = 65_536
const idBytes = 32
const hashBytes = 32
const tagBytes = 16
const countsStart = 4 + idBytes + hashBytes
const headsStart = countsStart + 4 * checkpointKinds.length
const layoutVersion = 3

/** A page of contents of one kind, which follow each other in the order of their row heads. */
export interface CopiedPage {
  /** Number of its first row among the heads of the kind. */
  first: number
  /** Zeroed when the next page is asked for. */
  bytes: Uint8Array
  /** Where each content begins and ends in `bytes`. */
  places: readonly { start: number; end: number }[]
}

/**
 * A sealed copy of all metadata rows, so that an unlock opens a few hundred pages and not a hundred thousand rows
 * (vault-format section 6). It is only a shortcut: what it says about a row counts as long as the row has the same kind,
 * token and sequence, and a page that is missing, damaged or old costs time and nothing else.
 */
export class Checkpoint {
  /** Row heads at the time it was made, and their multiset hash. */
  readonly heads: Uint8Array
  readonly rowsHash: Uint8Array
  readonly #store: StorePort
  readonly #pageKey: SecretBuffer
  /** How many pages each of checkpointKinds has. */
  readonly #pageCounts: readonly number[]

  private constructor(store: StorePort, pageKey: SecretBuffer, first: Uint8Array) {
    const view = new DataView(first.buffer, first.byteOffset, first.length)
    this.#store = store
    this.#pageKey = pageKey
    this.rowsHash = first.slice(4 + idBytes, countsStart)
    this.#pageCounts = checkpointKinds.map((_, index) => view.getUint32(countsStart + 4 * index))
    this.heads = first.subarray(headsStart)
  }

  /** Null when there is none, or none that this vault has sealed in this layout. */
  static async open(keys: VaultKeys, vaultId: string, store: StorePort): Promise<Checkpoint | null> {
    const sealed = await store.readCheckpointPage(0)
    const first = sealed && keys.use('checkpoint', (key) => openAesGcm(key, sealed, associatedData(vaultId)))
    return first && new Checkpoint(store, pageKeyOf(keys, first.subarray(4, 4 + idBytes)), first)
  }

  /** The pages of a kind that can be opened; none for a kind that is not copied. */
  async *pages(kind: number): AsyncGenerator<CopiedPage> {
    let number = 1
    for (const [index, copied] of checkpointKinds.entries()) {
      const end = number + (this.#pageCounts[index] ?? 0)
      for (; number < end; number++) {
        if (kindNumbers[copied] !== kind) continue
        const bytes = await this.#openPage(number)
        if (!bytes) continue
        yield pageOf(bytes)
        bytes.fill(0)
      }
    }
  }

  /** Destroys the key of the pages. */
  destroy(): void {
    this.#pageKey.destroy()
  }

  async #openPage(number: number): Promise<Uint8Array | null> {
    const sealed = await this.#store.readCheckpointPage(number)
    if (!sealed || sealed.length < tagBytes || this.#pageKey.isDestroyed) return null
    const end = sealed.length - tagBytes
    return this.#pageKey.use((key) => decryptAesGcm(key, pageIv(number), sealed.subarray(0, end), sealed.subarray(end), new Uint8Array(0)))
  }
}

/** What a checkpoint is made of. */
export interface CheckpointSource {
  heads: Uint8Array
  rowsHash: Uint8Array
  /** The rows of each of checkpointKinds, in the order of their heads. */
  rows: readonly (readonly SealedRow[])[]
  /** The content of a row, which this zeroes. */
  contentOf: (row: SealedRow) => Uint8Array
}

/** The pages of a checkpoint, from page 0, each sealed when it is asked for. */
export function* sealCheckpoint(keys: VaultKeys, vaultId: string, { heads, rowsHash, rows, contentOf }: CheckpointSource): Generator<Uint8Array> {
  const groups = rows.map(groupRows)
  const id = randomBytesOf(idBytes)
  const first = joinBytes([u32(layoutVersion), id, rowsHash, ...groups.map((pages) => u32(pages.length)), heads])
  yield keys.use('checkpoint', (key) => sealAesGcm(key, first, associatedData(vaultId)))
  const pageKey = pageKeyOf(keys, id)
  try {
    let number = 1
    for (const { first: position, members } of groups.flat()) {
      const contents = members.map(contentOf)
      const page = joinBytes([u32(position), ...contents.flatMap((content) => [u32(content.length), content])])
      const { ciphertext, tag } = pageKey.use((key) => encryptAesGcm(key, pageIv(number), page, new Uint8Array(0)))
      for (const plain of [page, ...contents]) plain.fill(0)
      yield concatBytes(ciphertext, tag)
      number++
    }
  } finally {
    pageKey.destroy()
  }
}

/** Which rows share a page. */
function groupRows(rows: readonly SealedRow[]): { first: number; members: SealedRow[] }[] {
  const groups: { first: number; members: SealedRow[] }[] = []
  let room = 0
  for (const [position, row] of rows.entries()) {
    const size = 4 + row.body.length - sealOverheadBytes
    const group = groups.at(-1)
    if (group && size <= room) {
      group.members.push(row)
      room -= size
    } else {
      groups.push({ first: position, members: [row] })
      room = pageBytes - size
    }
  }
  return groups
}

function pageOf(bytes: Uint8Array): CopiedPage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const places: { start: number; end: number }[] = []
  for (let offset = 4; offset < bytes.length; ) {
    const start = offset + 4
    offset = start + view.getUint32(offset)
    places.push({ start, end: offset })
  }
  return { first: view.getUint32(0), bytes, places }
}

/** Each checkpoint has a key of its own for its pages, so that the number of a page is enough of an IV and no page fits into another checkpoint. */
function pageKeyOf(keys: VaultKeys, id: Uint8Array): SecretBuffer {
  return keys.use('checkpoint', (key) => SecretBuffer.take(hkdfSha256(key, id, utf8('keystead checkpoint pages'), 32)))
}

function pageIv(number: number): Uint8Array {
  return concatBytes(u32(0), u64(number))
}

function associatedData(vaultId: string): Uint8Array {
  return lengthPrefixed(u32(formatVersion), utf8('checkpoint'), u32(layoutVersion), utf8(vaultId))
}
