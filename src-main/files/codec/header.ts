import type { EncryptionContext } from '../../../src-shared/model/encryption-context'
import { limits } from '../../../src-shared/model/limits'
import { concatBytes, u16, u32 } from '../../crypto/bytes'
import { encodeFileContext } from '../../keystore/context-encoding'
import type { EncryptedDataKey } from '../../keystore/file-keys'
import { malformed, notEncrypted, unsupported } from '../file-errors'
import { ByteReader, EndOfBytes } from './byte-reader'
import { parseContext, publicKeyName } from './context'
import { strictRules, type ReaderRules } from './rules'
import { suiteById, type Suite } from './suites'

export const messageIdBytes = 32
export const headerTagBytes = 16
const commitmentBytes = 32
const version = 0x02
const framed = 0x02
const singleBlock = 0x01

/** No header of a file that is read here is longer; bounds what is held before anything is authenticated. */
export const headerMaxBytes = 256 * 1024

/** The fields of a header (file format section 1.1). */
export interface HeaderFields {
  suite: Suite
  messageId: Uint8Array
  context: EncryptionContext
  entries: readonly EncryptedDataKey[]
  /** Plaintext bytes per regular frame; 0 only for a single block, which strict rules refuse. */
  frameLength: number
  commitment: Uint8Array
}

/** A header as it stands in a file. Nothing in it is true before openHeader() has authenticated it. */
export interface FileHeader extends HeaderFields {
  /** What the header tag authenticates. */
  body: Uint8Array
  tag: Uint8Array
  /** Bytes before the first frame. */
  length: number
}

/** The header without its tag. Callers have checked the context and the frame length. */
export function serialiseHeaderBody({ suite, messageId, context, entries, frameLength, commitment }: HeaderFields): Uint8Array {
  const contextBytes = encodeFileContext(context)
  return concatBytes(
    Uint8Array.of(version),
    u16(suite.id),
    messageId,
    u16(contextBytes.length),
    contextBytes,
    u16(entries.length),
    ...entries.flatMap((entry) => [entry.providerId, entry.providerInfo, entry.ciphertext].flatMap((field) => [u16(field.length), field])),
    Uint8Array.of(framed),
    u32(frameLength),
    commitment,
  )
}

/**
 * The header at the start of `bytes`, in memory of its own; null when `bytes` end before it does. Checks everything of
 * section 4 that needs no key. FILE_NOT_ENCRYPTED (other magic), FILE_UNSUPPORTED (suite, kind of body or size outside
 * of what is read here), FILE_MALFORMED.
 */
export function parseHeader(bytes: Uint8Array, rules: ReaderRules = strictRules): FileHeader | null {
  checkMagic(bytes)
  // Buffer.slice shares memory where Uint8Array.slice copies.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  try {
    return readHeader(new ByteReader(plain), plain, rules)
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error
    if (bytes.length >= headerMaxBytes) throw unsupported('a very long header')
    return null
  }
}

/** Whether a file begins like a message that is read here; needs three bytes of it. */
export function startsLikeMessage([first, high, low]: Uint8Array): boolean {
  return first === version && high !== undefined && low !== undefined && suiteById(high * 256 + low) !== null
}

function checkMagic(bytes: Uint8Array): void {
  if (bytes[0] === version && bytes.length >= 3) return
  if (bytes[0] === 0x01 && bytes[1] === 0x80) throw unsupported('version 1 of the format')
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1')
  throw notEncrypted(start === 'AgR4' || start === 'AgV4')
}

function readHeader(reader: ByteReader, bytes: Uint8Array, rules: ReaderRules): FileHeader {
  reader.u8()
  const suite = suiteById(reader.u16())
  if (!suite) throw unsupported('another algorithm suite')
  const messageId = reader.take(messageIdBytes).slice()
  const context = readContext(reader, suite, rules)
  const entries = readEntries(reader)
  const frameLength = readFrameLength(reader, rules)
  const commitment = reader.take(commitmentBytes).slice()
  const body = bytes.slice(0, reader.offset)
  const tag = reader.take(headerTagBytes).slice()
  return { suite, messageId, context, entries, frameLength, commitment, body, tag, length: reader.offset }
}

function readContext(reader: ByteReader, suite: Suite, rules: ReaderRules): EncryptionContext {
  const length = reader.u16()
  if (length > limits.fileContextBytes) throw unsupported('a context of more than 8 KiB')
  const context = parseContext(reader.take(length), rules)
  if (publicKeyName in context !== suite.isSigned) throw malformed('signature and suite do not fit together')
  return context
}

function readEntries(reader: ByteReader): EncryptedDataKey[] {
  const count = reader.u16()
  if (count === 0) throw malformed('it names no recipient')
  if (count > limits.fileRecipients) throw unsupported(`more than ${limits.fileRecipients} recipients`)
  return Array.from({ length: count }, () => ({
    providerId: reader.field().slice(),
    providerInfo: reader.field().slice(),
    ciphertext: reader.field().slice(),
  }))
}

function readFrameLength(reader: ByteReader, rules: ReaderRules): number {
  const contentType = reader.u8()
  const frameLength = reader.u32()
  if (contentType === singleBlock) {
    if (rules.needsFrames) throw unsupported('a single block instead of frames')
    if (frameLength !== 0) throw malformed('a single block has no frame length')
    return frameLength
  }
  if (contentType !== framed) throw malformed('its kind of content is unknown')
  if (frameLength === 0) throw malformed('frames have no length')
  if (frameLength > limits.fileFrameMaxBytes) throw unsupported('frames of more than 16 MiB')
  return frameLength
}
