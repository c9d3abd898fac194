import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { joinBytes, zero } from '../../../crypto/bytes'
import type { ExportedSecret } from '../exported'
import { blockSum, encryptAes, headerNumber, innerStream, innerStreamIds, sha256, sha512 } from './ciphers'
import { writeEntry } from './entry-writer'
import { FolderGroups, type GroupOf } from './folder-groups'
import { cipherIds, fieldIds, kdbxSignature, kdfIds, readHeader, type VariantDictionary } from './header'
import { innerFieldIds } from './open-kdbx'
import { transformedKey } from './transformed-key'
import { XmlWriter } from './xml-writer'
import { ByteReader } from '../byte-reader'

/** What KeePassXC chooses, in round numbers: a second or so. */
const argon2 = { memoryBytes: 64n * 1024n * 1024n, passes: 10n, lanes: 2 }
const version4 = Uint8Array.of(0x00, 0x00, 0x04, 0x00)
const headerEnd = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a)
const blockBytes = 1024 * 1024

/**
 * A KDBX 4 file (Argon2id, AES-256) of secrets: folders become groups, secret fields protected strings, older versions the
 * history of an entry. `passphrase` (UTF-8) is borrowed.
 */
export async function writeKdbx(secrets: readonly ExportedSecret[], passphrase: Uint8Array): Promise<Uint8Array> {
  const inner = innerOf(secrets)
  const bytes = newHeader()
  const header = readHeader(bytes, new ByteReader(bytes))
  const transformed = await transformedKey(passphrase, header.kdf)
  const baseKey = sha512(header.masterSeed, transformed, Uint8Array.of(1))
  const cipherKey = sha256(header.masterSeed, transformed)
  const packed = gzipSync(inner)
  const encrypted = encryptAes(cipherKey, header.iv, packed)
  const file = joinBytes([bytes, sha256(bytes), blockSum(baseKey, headerNumber, bytes), ...blocksOf(encrypted, baseKey)])
  zero(inner, packed, transformed, baseKey, cipherKey)
  return file
}

function newHeader(): Uint8Array {
  const kdf: VariantDictionary = new Map<string, bigint | Uint8Array>([
    ['$UUID', Buffer.from(kdfIds.argon2id, 'hex')],
    ['S', randomBytes(32)],
    ['M', argon2.memoryBytes],
    ['I', argon2.passes],
    ['P', number32(argon2.lanes)],
    ['V', number32(0x13)],
  ])
  return joinBytes([
    kdbxSignature,
    version4,
    field(fieldIds.cipher, Buffer.from(cipherIds.aes, 'hex')),
    field(fieldIds.compression, number32(1)),
    field(fieldIds.masterSeed, randomBytes(32)),
    field(fieldIds.iv, randomBytes(16)),
    field(fieldIds.kdf, dictionaryBytes(kdf)),
    field(fieldIds.end, headerEnd),
  ])
}

/** The inner header with the key of the values and the files, then the XML. */
function innerOf(secrets: readonly ExportedSecret[]): Uint8Array {
  const key = randomBytes(64)
  const stream = innerStream(innerStreamIds.chacha20, key)
  if (!stream) throw new Error('the stream is known')
  const files: Uint8Array[] = []
  const xml = new XmlWriter(stream)
  writeDocument(xml, secrets, (bytes) => files.push(bytes) - 1)
  const document = xml.bytes()
  const inner = joinBytes([
    field(innerFieldIds.streamId, number32(innerStreamIds.chacha20)),
    field(innerFieldIds.streamKey, key),
    // 01: to be kept enciphered in memory.
    ...files.flatMap((bytes) => [Uint8Array.of(innerFieldIds.binary), number32(bytes.length + 1), Uint8Array.of(1), bytes]),
    field(innerFieldIds.end, new Uint8Array(0)),
    document,
  ])
  zero(key, document)
  return inner
}

function writeDocument(xml: XmlWriter, secrets: readonly ExportedSecret[], addFile: (bytes: Uint8Array) => number): void {
  xml.element('KeePassFile', () => {
    xml.element('Meta', () => {
      xml.text('Generator', 'Keystead')
      xml.text('DatabaseName', 'Keystead')
      xml.text('RecycleBinEnabled', 'False')
      xml.text('HistoryMaxItems', '10')
    })
    xml.element('Root', () => writeGroup(xml, new FolderGroups(secrets).root, addFile))
  })
}

function writeGroup(xml: XmlWriter, group: GroupOf<ExportedSecret>, addFile: (bytes: Uint8Array) => number): void {
  xml.element('Group', () => {
    xml.text('UUID', xml.newId())
    xml.text('Name', group.name)
    for (const { title, item } of group.items) writeEntry(xml, title, item, addFile)
    for (const below of group.groups.values()) writeGroup(xml, below, addFile)
  })
}

function* blocksOf(data: Uint8Array, baseKey: Uint8Array): Generator<Uint8Array> {
  let number = 0n
  for (let start = 0; ; start += blockBytes) {
    const block = data.subarray(Math.min(start, data.length), start + blockBytes)
    const size = number32(block.length)
    yield blockSum(baseKey, number++, size, block)
    yield size
    yield block
    if (block.length === 0) return
  }
}

function dictionaryBytes(entries: VariantDictionary): Uint8Array {
  const parts = [...entries].flatMap(([name, value]) => {
    const bytes = value instanceof Uint8Array ? value : number64(value)
    // Numbers of 32 bits are given as bytes here.
    const type = value instanceof Uint8Array ? (value.length === 4 ? 0x04 : 0x42) : 0x05
    return [Uint8Array.of(type), number32(name.length), Buffer.from(name), number32(bytes.length), bytes]
  })
  return joinBytes([Uint8Array.of(0x00, 0x01), ...parts, Uint8Array.of(0)])
}

function field(id: number, content: Uint8Array): Uint8Array {
  return joinBytes([Uint8Array.of(id), number32(content.length), content])
}

function number32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

function number64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return bytes
}
