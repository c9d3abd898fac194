import { crc32, inflateRawSync } from 'node:zlib'
import { ByteReader } from './byte-reader'
import { tooLarge, unreadable, unsupported } from './import-errors'

/** A file in an archive, as its directory tells it. */
interface DirectoryEntry {
  readonly name: string
  readonly method: number
  readonly sum: number
  readonly packedBytes: number
  readonly sizeBytes: number
  readonly start: number
}

const endSignature = 0x0605_4b50
const entrySignature = 0x0201_4b50
const localSignature = 0x0403_4b50
const endBytes = 22
const longestComment = 0xffff
const stored = 0
const deflated = 8
const zip64 = 0xffff_ffff
const encryptedFlag = 1

const mostEntries = 20_000
const mostTotalBytes = 512 * 1024 * 1024
/** Deflate gets to about 1000; text with much repetition to some tens. */
const mostRatio = 200
/** Small files may be packed as well as they like. */
const alwaysAllowedBytes = 1024 * 1024

/**
 * An archive (borrowed). What it would hold is counted from its directory before anything is unpacked, and each file is
 * unpacked into no more than the directory says. Names are names only: nothing is written anywhere.
 */
export class ZipArchive {
  readonly #bytes: Uint8Array
  readonly #entries: ReadonlyMap<string, DirectoryEntry>

  /** IMPORT_UNREADABLE, IMPORT_TOO_LARGE, IMPORT_UNSUPPORTED for encrypted archives and those beyond 4 GiB. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#entries = new Map(readDirectory(bytes).map((entry) => [entry.name, entry]))
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  /** Bytes of a file when it is unpacked; null when there is none of that name. */
  sizeOf(name: string): number | null {
    return this.#entries.get(name)?.sizeBytes ?? null
  }

  /** The content of a file; null when there is none of that name. IMPORT_UNREADABLE when it is not what the directory says. */
  read(name: string): Uint8Array | null {
    const entry = this.#entries.get(name)
    if (!entry) return null
    const packed = this.#packedBytes(entry)
    const content = entry.method === stored ? packed : inflated(packed, entry.sizeBytes)
    if (content.length !== entry.sizeBytes || crc32(content) !== entry.sum) throw unreadable()
    return content
  }

  #packedBytes({ start, packedBytes }: DirectoryEntry): Uint8Array {
    const reader = new ByteReader(this.#bytes.subarray(start))
    if (reader.u32() !== localSignature) throw unreadable()
    reader.take(22)
    const [nameBytes, extraBytes] = [reader.u16(), reader.u16()]
    reader.take(nameBytes + extraBytes)
    return reader.take(packedBytes)
  }
}

function inflated(packed: Uint8Array, sizeBytes: number): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(sizeBytes, 1) })
  } catch {
    throw unreadable()
  }
}

function readDirectory(bytes: Uint8Array): DirectoryEntry[] {
  const end = new ByteReader(bytes.subarray(endOf(bytes) + 4))
  end.take(6)
  const [count, , start] = [end.u16(), end.u32(), end.u32()]
  if (start === zip64 || count === 0xffff) throw unsupported('The archive is of the kind that goes beyond 4 GiB, which is not read.')
  if (count > mostEntries) throw tooLarge()
  const reader = new ByteReader(bytes.subarray(Math.min(start, bytes.length)))
  const entries = Array.from({ length: count }, () => readEntry(reader))
  const total = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (total > mostTotalBytes || entries.some(isSuspicious)) throw tooLarge()
  // A name that is there twice is two files to different programs.
  if (new Set(entries.map(({ name }) => name)).size !== entries.length) throw unreadable()
  return entries
}

/** Where the end record begins: it is followed by a comment only. */
function endOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = bytes.length - endBytes; at >= Math.max(0, bytes.length - endBytes - longestComment); at--) {
    if (view.getUint32(at, true) === endSignature && at + endBytes + view.getUint16(at + 20, true) === bytes.length) return at
  }
  throw unreadable()
}

function readEntry(reader: ByteReader): DirectoryEntry {
  if (reader.u32() !== entrySignature) throw unreadable()
  reader.take(4)
  const [flags, method] = [reader.u16(), reader.u16()]
  reader.take(4)
  const [sum, packedBytes, sizeBytes] = [reader.u32(), reader.u32(), reader.u32()]
  const [nameBytes, extraBytes, commentBytes] = [reader.u16(), reader.u16(), reader.u16()]
  reader.take(8)
  const start = reader.u32()
  const name = Buffer.from(reader.take(nameBytes)).toString('utf8')
  reader.take(extraBytes + commentBytes)
  if (flags & encryptedFlag) throw unsupported('The archive is encrypted.')
  if (method !== stored && method !== deflated) throw unsupported('The archive is packed in a way that is not known.')
  return { name, method, sum, packedBytes, sizeBytes, start }
}

function isSuspicious({ method, packedBytes, sizeBytes }: DirectoryEntry): boolean {
  return method === deflated && sizeBytes > alwaysAllowedBytes && sizeBytes > packedBytes * mostRatio
}
