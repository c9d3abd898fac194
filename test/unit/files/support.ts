import { randomBytes } from 'node:crypto'
import { openAesGcm, encryptAesGcm } from '../../../src-main/crypto/aes-gcm'
import { concatBytes } from '../../../src-main/crypto/bytes'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { encodeFileContext } from '../../../src-main/keystore/context-encoding'
import type { EncryptedDataKey, FileKeys, OpenedFileKey, RecipientKind } from '../../../src-main/keystore/file-keys'
import { encodeSealedEntry, parseEntry } from '../../../src-main/keystore/file-entry'
import type { FileUse, FileUses } from '../../../src-main/keystore/file-uses'
import { isKmsError, KmsError, type ErrorCode } from '../../../src-shared/errors'
import { readMessage } from '../../../src-main/files/codec/message-reader'
import { openHeader } from '../../../src-main/files/codec/message-key'
import { startMessage, writeFrames } from '../../../src-main/files/codec/message-writer'
import type { ReaderRules } from '../../../src-main/files/codec/rules'
import type { EncryptionContext } from '../../../src-shared/model/encryption-context'
import type { Caller } from '../../../src-shared/model/caller'

export const caller: Caller = { face: 'cli', client: 'test', operation: 'encryptFiles' }
export const keyId = 'key-aaaaaaaaaaaaaaaaaaaaaaaa'
export const keyVersionId = `${keyId}-bbbbbbbbbb`

/** The keystore's port on one AES key with known bytes. */
export class OneKey implements FileKeys {
  readonly bytes = new Uint8Array(randomBytes(32))
  isLocked = false
  failure: KmsError | null = null
  wraps: { dataKey: string; context: EncryptionContext }[] = []

  resolveForEncryption(reference: string): { keyId: string; keyVersionId: string } {
    this.#check()
    if (reference !== keyId) throw new KmsError('KEY_NOT_FOUND', 'no such key')
    return { keyId, keyVersionId }
  }

  async requireToken(): Promise<void> {
    this.#check()
  }

  async wrapDataKey(_caller: Caller, _keyId: string, dataKey: SecretBuffer, context: EncryptionContext): Promise<EncryptedDataKey> {
    this.#check()
    this.wraps.push({ dataKey: dataKey.use((bytes) => Buffer.from(bytes).toString('hex')), context })
    const nonce = new Uint8Array(randomBytes(12))
    const sealed = dataKey.use((bytes) => encryptAesGcm(this.bytes, nonce, bytes, encodeFileContext(context)))
    return encodeSealedEntry('keystead-aes', { keyId, keyVersionId }, { nonce, ...sealed })
  }

  async unwrapDataKey(_caller: Caller, entries: readonly EncryptedDataKey[], context: EncryptionContext): Promise<OpenedFileKey | null> {
    this.#check()
    const ours = entries.map(parseEntry).filter((entry) => entry?.keyId === keyId)
    if (ours.length === 0) return null
    for (const entry of ours) {
      const sealed = entry && 'sealed' in entry.wrapped ? entry.wrapped.sealed : null
      const plain = sealed && openAesGcm(this.bytes, concatBytes(sealed.nonce, sealed.ciphertext, sealed.tag), encodeFileContext(context))
      if (plain) return { dataKey: SecretBuffer.take(plain), keyId, keyVersionId }
    }
    throw new KmsError('FILE_TAMPERED', 'changed')
  }

  describeEntry(entry: EncryptedDataKey): { keyId: string; keyVersionId: string } | null {
    const parsed = parseEntry(entry)
    return parsed && { keyId: parsed.keyId, keyVersionId: parsed.keyVersionId }
  }

  recipientKind(entry: EncryptedDataKey): RecipientKind {
    return parseEntry(entry)?.wrapped.kind ?? 'foreign'
  }

  canOpen(id: string): boolean | null {
    return this.isLocked ? null : id === keyId
  }

  #check(): void {
    if (this.isLocked) throw new KmsError('VAULT_LOCKED', 'locked')
    if (this.failure) throw this.failure
  }
}

/** What the files room reports, and failures on demand. */
export class RecordedFiles implements FileUses {
  readonly calls: (readonly FileUse[])[] = []
  failure: KmsError | null = null

  async record(uses: readonly FileUse[]): Promise<void> {
    if (this.failure) throw this.failure
    this.calls.push(uses)
  }

  get all(): FileUse[] {
    return this.calls.flat()
  }
}

export interface Sealed {
  bytes: Uint8Array
  dataKey: SecretBuffer
  headerBytes: number
}

const someEntry: EncryptedDataKey = { providerId: Buffer.from('keystead'), providerInfo: Buffer.from('name'), ciphertext: new Uint8Array(48) }

export interface SealOptions {
  frameLength?: number
  context?: EncryptionContext
  entries?: EncryptedDataKey[]
  messageId?: Uint8Array
}

/** An encrypted message in memory, with its data key. */
export async function seal(plaintext: Uint8Array, { frameLength = 64, context = {}, entries = [someEntry], messageId }: SealOptions = {}): Promise<Sealed> {
  const dataKey = SecretBuffer.random(32)
  const id = messageId ?? new Uint8Array(randomBytes(32))
  const { header, messageKey } = startMessage({ messageId: id, dataKey, context, entries, frameLength })
  const parts: Uint8Array[] = [header]
  for await (const frame of writeFrames(chunksOf(plaintext), messageKey, id, frameLength)) parts.push(frame.slice())
  return { bytes: concatBytes(...parts), dataKey, headerBytes: header.length }
}

/** Decrypts a message in memory. */
export async function open(bytes: Uint8Array, dataKey: SecretBuffer, rules?: ReaderRules, chunkBytes = 50): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of readMessage(chunksOf(bytes, chunkBytes), async (header) => openHeader(header, dataKey), rules)) parts.push(part.slice())
  return concatBytes(...parts)
}

export async function* chunksOf(bytes: Uint8Array, size = 37): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size)
}

/** The code of the KmsError that `work` fails with; null when it succeeds. Anything else that is thrown is passed on. */
export async function codeOf(work: () => unknown): Promise<ErrorCode | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (isKmsError(error)) return error.code
    throw error
  }
}

/** Bytes that differ from frame to frame, so that a swap shows. */
export function bytesOfLength(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = index * 7 + (index >> 8) + (index >> 16)
  return bytes
}

/** A copy with the byte at `offset` replaced. */
export function withByte(bytes: Uint8Array, offset: number, change: (byte: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[offset] = change(copy[offset] ?? 0) & 0xff
  return copy
}
