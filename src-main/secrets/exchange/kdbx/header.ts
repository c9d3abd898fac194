import { ByteReader } from '../byte-reader'
import { unreadable, unsupported } from '../import-errors'

/** Entries of a variant dictionary: numbers as bigint, everything else as bytes. */
export type VariantDictionary = ReadonlyMap<string, bigint | Uint8Array>

/** What a file of version 3.1 has in its header and one of version 4 elsewhere. */
export interface OlderHeader {
  readonly streamId: number
  readonly streamKey: Uint8Array
  /** What the decrypted content begins with when the password is right. */
  readonly startBytes: Uint8Array
}

/** The outer header of a KDBX file. */
export interface KdbxHeader {
  /** Null for version 4. */
  readonly older: OlderHeader | null
  readonly cipher: KdbxCipher
  readonly isCompressed: boolean
  readonly masterSeed: Uint8Array
  readonly iv: Uint8Array
  readonly kdf: VariantDictionary
  /** All bytes of the header, which the two sums after it are made of. */
  readonly bytes: Uint8Array
}

export type KdbxCipher = 'aes' | 'chacha20'

/** What begins every KDBX file. */
export const kdbxSignature = Uint8Array.of(0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5)
/** The second half of it in the two formats before KDBX. */
const olderSignatures = [0xb5_4b_fb_65, 0xb5_4b_fb_66]

export const cipherIds: Readonly<Record<KdbxCipher, string>> = {
  aes: '31c1f2e6bf714350be5805216afc5aff',
  chacha20: 'd6038a2b8b6f4cb5a524339a31dbb59a',
}
const twofishId = 'ad68f29f576f4bb9a36ad47af965346c'

export const kdfIds = {
  argon2d: 'ef636ddf8c29444b91f7a9a403e30a0c',
  argon2id: '9e298b1956db4773b23dfc3ec6f0a1e6',
  aes: 'c9d9f39a628a4460bf740d08c18a4fea',
} as const

export const fieldIds = { end: 0, cipher: 2, compression: 3, masterSeed: 4, transformSeed: 5, transformRounds: 6, iv: 7, streamKey: 8, startBytes: 9, streamId: 10, kdf: 11 } as const
const seedBytes = 32
const mostDictionaryEntries = 64

/** Whether a file is of KeePass, whatever its version. */
export function isKeePass(file: Uint8Array): boolean {
  return file.length >= 8 && kdbxSignature.subarray(0, 4).every((byte, at) => file[at] === byte)
}

/** Reads the header of version 3.1 or 4 and goes past it. IMPORT_UNREADABLE; IMPORT_UNSUPPORTED for other versions of the format and for other ciphers. */
export function readHeader(file: Uint8Array, reader: ByteReader): KdbxHeader {
  const isOlder = readVersion(reader) < 4
  const fields = readFields(reader, isOlder)
  const need = (id: number): Uint8Array => fields.get(id) ?? fail()
  const cipher = cipherOf(need(fieldIds.cipher))
  const masterSeed = need(fieldIds.masterSeed)
  const iv = need(fieldIds.iv)
  if (masterSeed.length !== seedBytes || iv.length !== (cipher === 'aes' ? 16 : 12)) throw unreadable()
  return {
    older: isOlder ? { streamId: new ByteReader(need(fieldIds.streamId)).u32(), streamKey: need(fieldIds.streamKey), startBytes: need(fieldIds.startBytes) } : null,
    cipher,
    isCompressed: isCompressed(need(fieldIds.compression)),
    masterSeed,
    iv,
    kdf: isOlder ? olderKdf(need(fieldIds.transformSeed), need(fieldIds.transformRounds)) : readDictionary(need(fieldIds.kdf)),
    bytes: file.subarray(0, reader.at),
  }
}

/** Version 3.1 knows one key derivation. */
function olderKdf(seed: Uint8Array, rounds: Uint8Array): VariantDictionary {
  return new Map<string, bigint | Uint8Array>([['$UUID', Buffer.from(kdfIds.aes, 'hex')], ['S', seed], ['R', variantOf(0x05, rounds)]])
}

/** The major version: 3 or 4. */
function readVersion(reader: ByteReader): number {
  const [first, second] = [reader.u32(), reader.u32()]
  if (first !== 0x9a_a2_d9_03) throw unreadable()
  if (olderSignatures.includes(second)) throw unsupported('KeePass 1 files are not read. Open the file with KeePass or KeePassXC and save it as KDBX 4.')
  if (second !== 0xb5_4b_fb_67) throw unreadable()
  reader.u16()
  const major = reader.u16()
  if (major < 3) throw unsupported('KDBX files before version 3.1 are not read. Open the file with KeePass or KeePassXC and save it as KDBX 4.')
  if (major > 4) throw unsupported('The file is of a newer version of KDBX than 4.')
  return major
}

function readFields(reader: ByteReader, isOlder: boolean): ReadonlyMap<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>()
  for (;;) {
    const id = reader.u8()
    const content = reader.take(isOlder ? reader.u16() : reader.u32())
    if (id === fieldIds.end) return fields
    fields.set(id, content)
  }
}

function cipherOf(id: Uint8Array): KdbxCipher {
  const hex = Buffer.from(id).toString('hex')
  if (hex === twofishId) throw unsupported('Files that are encrypted with Twofish are not read. Choose AES-256 or ChaCha20 and save the file.')
  for (const cipher of ['aes', 'chacha20'] as const) if (cipherIds[cipher] === hex) return cipher
  throw unsupported('The file is encrypted with a cipher that is not known.')
}

function isCompressed(value: Uint8Array): boolean {
  const [kind, ...rest] = value
  if (value.length !== 4 || rest.some((byte) => byte !== 0) || (kind !== 0 && kind !== 1)) throw unreadable()
  return kind === 1
}

/** Version 1.x, then type, name, value of each entry, then 00. */
function readDictionary(bytes: Uint8Array): VariantDictionary {
  const reader = new ByteReader(bytes)
  if (reader.u16() >> 8 !== 1) throw unreadable()
  const entries = new Map<string, bigint | Uint8Array>()
  for (;;) {
    const type = reader.u8()
    if (type === 0) return entries
    const name = Buffer.from(reader.take(reader.u32())).toString('latin1')
    entries.set(name, variantOf(type, reader.take(reader.u32())))
    if (entries.size > mostDictionaryEntries) throw unreadable()
  }
}

function variantOf(type: number, value: Uint8Array): bigint | Uint8Array {
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  if (type === 0x04 && value.length === 4) return BigInt(view.getUint32(0, true))
  if (type === 0x05 && value.length === 8) return view.getBigUint64(0, true)
  return value
}

function fail(): never {
  throw unreadable()
}
