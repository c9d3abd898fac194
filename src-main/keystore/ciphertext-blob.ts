import { crc32 } from 'node:zlib'
import type { SymmetricKeySpec } from '../../src-shared/model/keys'
import { limits } from '../../src-shared/model/limits'
import { concatBytes, u16, u32, utf8 } from '../crypto/bytes'
import { isKeyId, isKeyVersionIdOf } from './key-ids'

/** Algorithm ids of the blob; never reused. */
export const blobAlgorithms = { aes256Gcm: 0x0001, aes192Gcm: 0x0002, aes128Gcm: 0x0003, sm4Gcm: 0x0004 } as const

/** The algorithm of each spec that makes blobs. */
export const blobAlgorithmOf: Readonly<Record<SymmetricKeySpec, number>> = {
  Aliyun_AES_256: blobAlgorithms.aes256Gcm,
  Aliyun_AES_192: blobAlgorithms.aes192Gcm,
  Aliyun_AES_128: blobAlgorithms.aes128Gcm,
  Aliyun_SM4: blobAlgorithms.sm4Gcm,
}
/** Names of the algorithms for people. */
const algorithmNames: ReadonlyMap<number, string> = new Map([
  [blobAlgorithms.aes256Gcm, 'AES-256-GCM'],
  [blobAlgorithms.aes192Gcm, 'AES-192-GCM'],
  [blobAlgorithms.aes128Gcm, 'AES-128-GCM'],
  [blobAlgorithms.sm4Gcm, 'SM4-GCM'],
])
const knownAlgorithms: ReadonlySet<number> = new Set(Object.values(blobAlgorithms))

const magic = Uint8Array.of(0x4b, 0x53, 0x43, 0x42)
const formatVersion = 1
const nonceBytes = 12
const tagBytes = 16
const checksumBytes = 4

/** What the header says: which key opens the blob, and how. */
export interface BlobHeader {
  keyId: string
  keyVersionId: string
  algorithm: number
}

/** A parsed blob. The byte fields are views of the input. */
export interface CiphertextBlob extends BlobHeader {
  /** The header exactly as it stands in the blob; part of the associated data. */
  header: Uint8Array
  nonce: Uint8Array
  ciphertext: Uint8Array
  tag: Uint8Array
}

/** Header bytes (docs/ciphertext-blob.md), with the checksum that tells a damaged header from an unknown key. */
export function encodeBlobHeader({ keyId, keyVersionId, algorithm }: BlobHeader): Uint8Array {
  const fields = concatBytes(
    magic,
    Uint8Array.of(formatVersion),
    shortText(keyId),
    shortText(keyVersionId),
    u16(algorithm),
  )
  return concatBytes(fields, u32(crc32(fields)))
}

/** The whole blob. */
export function encodeBlob(header: Uint8Array, nonce: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array): Uint8Array {
  return concatBytes(header, nonce, ciphertext, tag)
}

/** Null when `blob` is not, byte for byte, what encodeBlob() writes. Nothing in it is proven until the tag is checked. */
export function parseBlob(blob: Uint8Array): CiphertextBlob | null {
  if (blob.length > limits.ciphertextBlobBytes) return null
  const reader = new ByteReader(blob)
  if (!magic.every((byte) => reader.byte() === byte) || reader.byte() !== formatVersion) return null
  const keyId = reader.shortAscii()
  const keyVersionId = reader.shortAscii()
  const algorithm = reader.number(2)
  const fields = blob.subarray(0, reader.offset)
  if (reader.number(checksumBytes) !== crc32(fields)) return null
  const header = blob.subarray(0, reader.offset)
  const nonce = reader.take(nonceBytes)
  const ciphertext = reader.take(blob.length - reader.offset - tagBytes)
  const tag = reader.take(tagBytes)
  if (reader.isShort || ciphertext.length === 0) return null
  if (!isKeyId(keyId) || !isKeyVersionIdOf(keyId, keyVersionId) || !knownAlgorithms.has(algorithm)) return null
  return { keyId, keyVersionId, algorithm, header, nonce, ciphertext, tag }
}

/** Reads forward; when bytes are missing it gives empty values and remembers it. */
class ByteReader {
  readonly #bytes: Uint8Array
  offset = 0
  isShort = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  take(length: number): Uint8Array {
    if (length < 0 || this.offset + length > this.#bytes.length) {
      this.isShort = true
      return new Uint8Array(0)
    }
    this.offset += length
    return this.#bytes.subarray(this.offset - length, this.offset)
  }

  byte(): number {
    const byte = this.#bytes[this.offset]
    if (byte === undefined) this.isShort = true
    else this.offset += 1
    return byte ?? 0
  }

  /** Big-endian. */
  number(length: number): number {
    let number = 0
    for (let index = 0; index < length; index++) number = number * 256 + this.byte()
    return number
  }

  shortAscii(): string {
    const { buffer, byteOffset, length } = this.take(this.byte())
    return Buffer.from(buffer, byteOffset, length).toString('latin1')
  }
}

function shortText(text: string): Uint8Array {
  const bytes = utf8(text)
  if (bytes.length > 0xff) throw new RangeError('identifier is too long for the blob header')
  return concatBytes(Uint8Array.of(bytes.length), bytes)
}

/** The name of an algorithm id of the blob; empty for an unknown one. */
export function blobAlgorithmName(algorithm: number): string {
  return algorithmNames.get(algorithm) ?? ''
}
