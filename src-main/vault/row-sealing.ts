import { openAesGcm, sealAesGcm } from '../crypto/aes-gcm'
import { concatBytes, u16, utf8 } from '../crypto/bytes'
import { hmacSha256 } from '../crypto/hmac'
import { formatVersion } from './encoding'
import { damaged } from './problems'
import type { StoredRecord } from './records'
import type { SealedRow } from './store-port'
import type { VaultKeys } from './vault-keys'

const tokenBytes = 16
const aadBytes = 44
const noParent = 0xffff

/** What stands for `id` in the store: it tells nothing about the id, and the same id always gives the same token. */
export function tokenOf(keys: VaultKeys, id: string): Uint8Array {
  return keys.use('token', (key) => hmacSha256(key, utf8(id))).slice(0, tokenBytes)
}

/** The content of a row before sealing; `bytes` stay the caller's. */
export interface PlainRow {
  kind: number
  id: string
  parentId: string | null
  sequence: number
  bytes: Uint8Array
}

/** Seals a row under the record key with (version, kind, token, parent, sequence) as associated data (vault-format section 4). */
export function sealRow(keys: VaultKeys, row: PlainRow): SealedRow {
  const token = tokenOf(keys, row.id)
  const parent = row.parentId === null ? null : tokenOf(keys, row.parentId)
  const content = rowContent(row)
  const aad = associatedData(row.kind, token, parent, row.sequence)
  const body = keys.use('record', (key) => sealAesGcm(key, content, aad))
  content.fill(0)
  return { kind: row.kind, token, parent, sequence: row.sequence, body }
}

/** Opens a row. VAULT_DAMAGED when it was not sealed for this very place. `bytes` are the caller's to zero. */
export function openRow(keys: VaultKeys, row: SealedRow): StoredRecord {
  return parseContent(openContent(keys, row), row.sequence)
}

/** The content of a row, for the caller to zero. VAULT_DAMAGED when it was not sealed for this very place. */
export function openContent(keys: VaultKeys, row: SealedRow): Uint8Array {
  const aad = associatedData(row.kind, row.token, row.parent, row.sequence)
  const content = keys.use('record', (key) => openAesGcm(key, row.body, aad))
  if (!content) throw damaged()
  return content
}

/** What is sealed of a row: its id and its parent's, each after its length (2 bytes), and the bytes. The caller zeroes it. */
export function rowContent(row: Pick<PlainRow, 'id' | 'parentId' | 'bytes'>): Uint8Array {
  return concatBytes(sizedText(row.id), row.parentId === null ? u16(noParent) : sizedText(row.parentId), row.bytes)
}

/** The inverse of rowContent, for content that has been authenticated. `bytes` are a part of `content`. */
export function parseContent(content: Uint8Array, sequence: number): StoredRecord {
  return new RowView(Buffer.from(content.buffer, content.byteOffset, content.length), 0, content.length, sequence)
}

/** The record of a content that lies at `start` to `end` of a buffer. A part is read when it is asked for: a list of many costs little. */
export class RowView implements StoredRecord {
  readonly sequence: number
  readonly #buffer: Buffer
  readonly #start: number
  readonly #end: number

  constructor(buffer: Buffer, start: number, end: number, sequence: number) {
    this.sequence = sequence
    this.#buffer = buffer
    this.#start = start
    this.#end = end
  }

  get id(): string {
    return this.#buffer.toString('utf8', this.#start + 2, this.#idEnd)
  }

  get parentId(): string | null {
    const parentStart = this.#idEnd + 2
    const length = this.#buffer.readUInt16BE(this.#idEnd)
    return length === noParent ? null : this.#buffer.toString('utf8', parentStart, parentStart + length)
  }

  get bytes(): Uint8Array {
    const { buffer, byteOffset } = this.#buffer
    const length = this.#buffer.readUInt16BE(this.#idEnd)
    const start = this.#idEnd + 2 + (length === noParent ? 0 : length)
    return new Uint8Array(buffer, byteOffset + start, this.#end - start)
  }

  get #idEnd(): number {
    return this.#start + 2 + this.#buffer.readUInt16BE(this.#start)
  }
}

function associatedData(kind: number, token: Uint8Array, parent: Uint8Array | null, sequence: number): Uint8Array {
  if (token.length !== tokenBytes || !Number.isSafeInteger(sequence) || sequence < 0) throw damaged()
  const aad = Buffer.alloc(aadBytes)
  aad[0] = formatVersion
  aad.writeUInt16BE(kind, 1)
  aad.set(token, 3)
  aad[19] = parent === null ? 0 : 1
  if (parent) aad.set(parent, 20)
  aad.writeUInt32BE(Math.floor(sequence / 2 ** 32), 36)
  aad.writeUInt32BE(sequence >>> 0, 40)
  return aad
}

function sizedText(text: string): Uint8Array {
  const bytes = utf8(text)
  if (bytes.length >= noParent) throw new RangeError('an id of a row is shorter than 65535 bytes')
  return concatBytes(u16(bytes.length), bytes)
}
