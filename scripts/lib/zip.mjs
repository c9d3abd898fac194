import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'

const END_SIGNATURE = 0x06054b50
const CENTRAL_SIGNATURE = 0x02014b50
const LOCAL_HEADER_LENGTH = 30
const END_LENGTH = 22
const LONGEST_COMMENT = 0xffff
const STORED = 0
const DEFLATED = 8

async function readExactly(file, position, length) {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead !== length) throw new Error('The archive is truncated.')
  return buffer
}

async function readCentralDirectory(file) {
  const { size } = await file.stat()
  const tailLength = Math.min(size, END_LENGTH + LONGEST_COMMENT)
  const tail = await readExactly(file, size - tailLength, tailLength)
  for (let at = tail.length - END_LENGTH; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END_SIGNATURE) continue
    return readExactly(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12))
  }
  throw new Error('The archive has no directory at its end.')
}

function* parseEntries(directory) {
  for (let at = 0; at < directory.length; ) {
    if (directory.readUInt32LE(at) !== CENTRAL_SIGNATURE) throw new Error('The archive directory is damaged.')
    const nameLength = directory.readUInt16LE(at + 28)
    const nameStart = at + 46
    yield {
      name: directory.toString('utf8', nameStart, nameStart + nameLength),
      method: directory.readUInt16LE(at + 10),
      compressedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      offset: directory.readUInt32LE(at + 42),
    }
    at = nameStart + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
}

function targetPath(folder, name) {
  const relative = normalize(name)
  if (relative.startsWith('..') || relative.startsWith(sep)) throw new Error(`The archive names a path outside: ${name}`)
  return join(folder, relative)
}

async function extractEntry(file, archive, entry, target) {
  if (entry.method !== STORED && entry.method !== DEFLATED) throw new Error(`Unknown compression for ${entry.name}.`)
  await mkdir(dirname(target), { recursive: true })
  const header = await readExactly(file, entry.offset, LOCAL_HEADER_LENGTH)
  const start = entry.offset + LOCAL_HEADER_LENGTH + header.readUInt16LE(26) + header.readUInt16LE(28)
  const output = createWriteStream(target, { mode: entry.mode & 0o777 || 0o644 })
  if (entry.compressedSize > 0) {
    const input = createReadStream(archive, { start, end: start + entry.compressedSize - 1 })
    await (entry.method === DEFLATED ? pipeline(input, createInflateRaw(), output) : pipeline(input, output))
  } else {
    await new Promise((resolve, reject) => output.on('error', reject).end(resolve))
  }
  if (output.bytesWritten !== entry.size) throw new Error(`${entry.name} has the wrong length.`)
}

/**
 * Extracts a plain zip file (no zip64, no encryption) with Node alone, because a bare machine has no unzip.
 * `rename` maps an entry name to a path inside `folder`, or to null to leave the entry out.
 */
export async function extractZip(archive, folder, rename) {
  const file = await open(archive)
  try {
    for (const entry of parseEntries(await readCentralDirectory(file))) {
      const name = entry.name.endsWith('/') ? null : rename(entry.name)
      if (name !== null) await extractEntry(file, archive, entry, targetPath(folder, name))
    }
  } finally {
    await file.close()
  }
}
