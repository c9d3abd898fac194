import { gunzipSync } from 'node:zlib'
import { equalBytes, joinBytes, zero } from '../../../crypto/bytes'
import { ByteReader } from '../byte-reader'
import { tooLarge, unreadable, unsupported, wrongPassword } from '../import-errors'
import { blockSum, decryptWith, headerNumber, innerStream, sha256, sha512, type InnerStream } from './ciphers'
import { readHeader, type KdbxHeader, type OlderHeader } from './header'
import { transformedKey } from './transformed-key'

/** What is in a KDBX file. */
export interface OpenedKdbx {
  readonly xml: Uint8Array
  /** Files by the number with which entries refer to them. Version 3.1 has them in the XML. */
  readonly binaries: Map<string, Uint8Array>
  readonly stream: InnerStream
  /** What the XML must say of the header, if it says anything; null for version 4, where it has been checked. */
  readonly headerHash: Uint8Array | null
}

const sumBytes = 32
/** What a file may hold, so that a small one cannot fill the memory. */
export const mostKdbxBytes = 512 * 1024 * 1024
/** What is unpacked at once. */
const pieceBytes = 1024 * 1024
export const innerFieldIds = { end: 0, streamId: 1, streamKey: 2, binary: 3 } as const

/**
 * Opens a KDBX file (borrowed) of version 4 or 3.1 with its password (UTF-8, borrowed). In version 4 the sum of the header
 * is checked before the key derivation begins. IMPORT_PASSWORD, IMPORT_UNREADABLE, IMPORT_UNSUPPORTED, IMPORT_TOO_LARGE.
 */
export async function openKdbx(file: Uint8Array, password: Uint8Array): Promise<OpenedKdbx> {
  const reader = new ByteReader(file)
  const header = readHeader(file, reader)
  if (header.older) return openOlder(header, header.older, reader.rest(), password)
  if (!equalBytes(reader.take(sumBytes), sha256(header.bytes))) throw unreadable()
  const headerSum = reader.take(sumBytes)
  const transformed = await transformedKey(password, header.kdf)
  const baseKey = sha512(header.masterSeed, transformed, Uint8Array.of(1))
  if (!equalBytes(headerSum, blockSum(baseKey, headerNumber, header.bytes))) throw wrongPassword()
  const encrypted = readBlocks(reader, baseKey)
  const cipherKey = sha256(header.masterSeed, transformed)
  const inner = inflated(header, decryptWith(header.cipher, cipherKey, header.iv, encrypted))
  zero(transformed, baseKey, cipherKey)
  return readInner(inner)
}

/** Version 3.1: what is wrong with the password shows in the decrypted bytes only. */
async function openOlder(header: KdbxHeader, older: OlderHeader, encrypted: Uint8Array, password: Uint8Array): Promise<OpenedKdbx> {
  const transformed = await transformedKey(password, header.kdf)
  const cipherKey = sha256(header.masterSeed, transformed)
  const reader = new ByteReader(decryptOlder(header, cipherKey, encrypted))
  if (reader.left < older.startBytes.length || !equalBytes(reader.take(older.startBytes.length), older.startBytes)) throw wrongPassword()
  const xml = inflated(header, readHashedBlocks(reader))
  zero(transformed, cipherKey)
  return { xml, binaries: new Map(), stream: streamOf(older.streamId, older.streamKey), headerHash: sha256(header.bytes) }
}

function decryptOlder({ cipher, iv }: KdbxHeader, key: Uint8Array, encrypted: Uint8Array): Uint8Array {
  try {
    return decryptWith(cipher, key, iv, encrypted)
  } catch {
    throw wrongPassword()
  }
}

/** The content of all blocks of version 4. The last one is empty, and nothing after it is looked at. */
function readBlocks(reader: ByteReader, baseKey: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = []
  for (let number = 0n; ; number++) {
    const sum = reader.take(sumBytes)
    const length = reader.u32()
    const block = reader.take(length)
    const size = new Uint8Array(4)
    new DataView(size.buffer).setUint32(0, length, true)
    if (!equalBytes(sum, blockSum(baseKey, number, size, block))) throw unreadable()
    if (length === 0) return joinBytes(blocks)
    blocks.push(block)
  }
}

/** The content of all blocks of version 3.1: number, hash, length, bytes. The last one is empty, its hash zeros. */
function readHashedBlocks(reader: ByteReader): Uint8Array {
  const blocks: Uint8Array[] = []
  for (;;) {
    if (reader.u32() !== blocks.length) throw unreadable()
    const sum = reader.take(sumBytes)
    const block = reader.take(reader.u32())
    if (!equalBytes(sum, block.length === 0 ? new Uint8Array(sumBytes) : sha256(block))) throw unreadable()
    if (block.length === 0) return joinBytes(blocks)
    blocks.push(block)
  }
}

function inflated({ isCompressed }: KdbxHeader, data: Uint8Array): Uint8Array {
  if (!isCompressed) return data
  const inner = unzipped(data)
  zero(data)
  return inner
}

/** Gunzip that stops at a limit. IMPORT_TOO_LARGE, IMPORT_UNREADABLE. */
export function unzipped(data: Uint8Array, mostBytes = mostKdbxBytes): Uint8Array {
  try {
    return gunzipSync(data, { maxOutputLength: Math.max(mostBytes, 1), chunkSize: pieceBytes })
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : unreadable()
  }
}

function readInner(inner: Uint8Array): OpenedKdbx {
  const reader = new ByteReader(inner)
  const binaries = new Map<string, Uint8Array>()
  let [streamId, streamKey]: [number, Uint8Array] = [0, new Uint8Array(0)]
  for (;;) {
    const id = reader.u8()
    const content = reader.take(reader.u32())
    if (id === innerFieldIds.end) break
    if (id === innerFieldIds.streamId) streamId = new ByteReader(content).u32()
    if (id === innerFieldIds.streamKey) streamKey = content
    // The first byte says whether the binary should be kept enciphered in memory.
    if (id === innerFieldIds.binary) binaries.set(String(binaries.size), content.subarray(1))
  }
  return { xml: reader.rest(), binaries, stream: streamOf(streamId, streamKey), headerHash: null }
}

function streamOf(id: number, key: Uint8Array): InnerStream {
  const stream = innerStream(id, key)
  if (!stream) throw unsupported('The values in the file are enciphered in a way that is not known.')
  return stream
}
