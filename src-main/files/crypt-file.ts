import type { Caller } from '../../src-shared/model/caller'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { isKmsError, KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import { zero } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import type { FileKeys } from '../keystore/file-keys'
import { findBodyEnd } from './codec/body-end'
import { headerMaxBytes, messageIdBytes, parseHeader, type FileHeader } from './codec/header'
import { layoutOfPlaintext, messageBytes, plaintextBytesOf, type BodyLayout } from './codec/layout'
import { openHeader } from './codec/message-key'
import { startMessage, type StartedMessage } from './codec/message-writer'
import { cancelled, truncated } from './file-errors'
import { runFrames } from './frame-ranges'
import { targetError } from './fs-errors'
import { OutputFile, type OutputRequest } from './output-file'
import { SourceFile } from './source-file'
import type { TaskControl } from './task-control'
import type { FileWorkers } from './worker-pool'

/** What the work on one file needs. */
export interface FileWork {
  caller: Caller
  keys: FileKeys
  workers: FileWorkers
  sourcePath: string
  output: Pick<OutputRequest, 'target' | 'onCollision' | 'written' | 'freeBytes'>
  control: TaskControl
  signal: AbortSignal
  /** Told the size of the source as it was opened. */
  onSize: (bytes: number) => void
}

const firstReadBytes = 4096
const dataKeyBytes = 32
/** More than our header can have: one recipient and the context. */
const headerReserveBytes = 16 * 1024
const decryptedMode = 0o600
/** Smaller files are written before a flush would begin. */
const flushFromBytes = 64 * 1024 * 1024

/**
 * Encrypts one file to a new one and answers its path. The original is only read. Nothing is left when it fails, with
 * the codes of SourceFile, OutputFile, frameSteps() and FileKeys.
 */
export async function encryptFile(work: FileWork, keyId: string, context: EncryptionContext): Promise<string> {
  return withSource(work, async (source) => {
    const frameLength = limits.fileFrameDefaultBytes
    const neededBytes = messageBytes(layoutOfPlaintext(headerReserveBytes, frameLength, source.size))
    // No wider than the original, and nothing executable.
    const mode = (source.mode & 0o666) | 0o600
    return withOutput(work, source, { neededBytes, mode }, async (output) => {
      const messageId = randomBytesOf(messageIdBytes)
      const { header, messageKey } = await newMessage(work, keyId, context, messageId, frameLength)
      try {
        const layout = layoutOfPlaintext(header.length, frameLength, source.size)
        await writeHeader(output, header)
        await cryptFrames('encrypt', work, source, output, messageId, layout, messageKey)
      } finally {
        zero(messageKey)
      }
      await source.checkUnchanged()
    })
  })
}

/**
 * Decrypts one file to a new one and answers its path; the output gets its name only after the last frame, and the
 * signature where there is one, has been authenticated. FILE_KEY_UNAVAILABLE when no recipient is a key of this vault.
 */
export async function decryptFile(work: FileWork): Promise<string> {
  return withSource(work, async (source) => {
    const header = await readFileHeader(source)
    const messageKey = await openFileHeader(work.caller, work.keys, header)
    try {
      const readAt = (position: number, length: number) => source.readAt(position, length)
      const { layout, signature } = await findBodyEnd(header, source.size, readAt)
      return await withOutput(work, source, { neededBytes: plaintextBytesOf(layout), mode: decryptedMode }, async (output) => {
        if (header.suite.isSigned) await verifySignature(work, source, header, layout, signature)
        await cryptFrames('decrypt', work, source, output, header.messageId, layout, messageKey)
      })
    } finally {
      zero(messageKey)
    }
  })
}

/** The header of an open file. FILE_TRUNCATED when the file ends within it; otherwise as parseHeader(). */
export async function readFileHeader(source: SourceFile): Promise<FileHeader> {
  for (let length = firstReadBytes; ; length *= 4) {
    const bytes = await source.readAt(0, Math.min(length, headerMaxBytes))
    const header = parseHeader(bytes)
    if (header) return header
    if (bytes.length < length) throw truncated()
  }
}

/** The message key of an authenticated header; the caller zeroes it. FILE_KEY_UNAVAILABLE, FILE_TAMPERED, key states. */
export async function openFileHeader(caller: Caller, keys: FileKeys, header: FileHeader): Promise<Uint8Array<ArrayBuffer>> {
  const opened = await keys.unwrapDataKey(caller, header.entries, header.context)
  if (!opened) throw new KmsError('FILE_KEY_UNAVAILABLE', 'The file is encrypted for keys that are not in this vault.')
  try {
    return openHeader(header, opened.dataKey)
  } finally {
    opened.dataKey.destroy()
  }
}

async function withSource(work: FileWork, use: (source: SourceFile) => Promise<string>): Promise<string> {
  throwIfAborted(work.signal)
  const source = await SourceFile.open(work.sourcePath)
  try {
    work.onSize(source.size)
    return await use(source)
  } catch (error) {
    throw await explainFailure(error, source)
  } finally {
    await source.close()
  }
}

/** A source that changed while it was read looks like a damaged one. */
async function explainFailure(error: unknown, source: SourceFile): Promise<unknown> {
  if (!isKmsError(error, 'FILE_TAMPERED') && !isKmsError(error, 'FILE_TRUNCATED')) return error
  return source.checkUnchanged().then(
    () => error,
    (changed: unknown) => changed,
  )
}

async function withOutput(
  { output: { target, onCollision, written, freeBytes }, signal }: FileWork,
  source: SourceFile,
  { neededBytes, mode }: Pick<OutputRequest, 'neededBytes' | 'mode'>,
  fill: (output: OutputFile) => Promise<void>,
): Promise<string> {
  throwIfAborted(signal)
  const output = await OutputFile.create({ target, onCollision, written, freeBytes, mode, neededBytes, source: source.identity })
  try {
    await fill(output)
    throwIfAborted(signal)
    return await output.commit(signal)
  } catch (error) {
    await output.discard()
    throw error
  }
}

/** A data key of its own for each file, forgotten once the message key is derived. */
async function newMessage({ caller, keys }: FileWork, keyId: string, context: EncryptionContext, messageId: Uint8Array, frameLength: number): Promise<StartedMessage> {
  const dataKey = SecretBuffer.random(dataKeyBytes)
  try {
    const entry = await keys.wrapDataKey(caller, keyId, dataKey, context)
    return startMessage({ messageId, dataKey, context, entries: [entry], frameLength })
  } finally {
    dataKey.destroy()
  }
}

async function writeHeader(output: OutputFile, header: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < header.length; ) done += (await output.handle.write(header, done, header.length - done, done)).bytesWritten
  } catch (error) {
    throw targetError(error)
  }
}

async function cryptFrames(
  kind: 'encrypt' | 'decrypt',
  { workers, control }: FileWork,
  source: SourceFile,
  output: OutputFile,
  messageId: Uint8Array,
  layout: BodyLayout,
  messageKey: Uint8Array,
): Promise<void> {
  const task = { kind, sourceFd: source.handle.fd, targetFd: output.handle.fd, messageId, layout }
  const work = runFrames(workers, task, messageKey, control)
  await (messageBytes(layout) < flushFromBytes ? work : output.flushDuring(work))
}

async function verifySignature({ workers, control }: FileWork, source: SourceFile, header: FileHeader, layout: BodyLayout, signature: Uint8Array): Promise<void> {
  const task = { kind: 'verify' as const, sourceFd: source.handle.fd, bytes: messageBytes(layout), context: header.context, signature: signature.slice() }
  await workers.run(task, new Uint8Array(0), control)
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled()
}
