import { dirname } from 'node:path'
import type { Caller } from '../../src-shared/model/caller'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { isKmsError, KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import { zero } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import type { EncryptedDataKey, FileKeys } from '../keystore/file-keys'
import type { FileUse } from '../keystore/file-uses'
import { findBodyEnd } from './codec/body-end'
import { headerMaxBytes, messageIdBytes, parseHeader, type FileHeader } from './codec/header'
import { layoutOfPlaintext, messageBytes, plaintextBytesOf, type BodyLayout } from './codec/layout'
import { openHeader } from './codec/message-key'
import { startMessage, type StartedMessage } from './codec/message-writer'
import { cancelled, truncated } from './file-errors'
import { runFrames, type WholeTask } from './frame-ranges'
import { targetError } from './fs-errors'
import { OutputFile, type OutputRequest } from './output-file'
import { SourceFile } from './source-file'
import type { TaskControl } from './task-control'
import type { FileWorkers } from './worker-pool'

/** What a job lends to the work on one of its items. */
export interface JobTools {
  caller: Caller
  keys: FileKeys
  workers: FileWorkers
  output: Pick<OutputRequest, 'onCollision' | 'written' | 'freeBytes'>
  control: TaskControl
  signal: AbortSignal
  /** Told the size of the source as it was opened. */
  onSize: (bytes: number) => void
  /** Makes a folder ready for outputs. TARGET_NOT_WRITABLE, NO_SPACE. */
  prepareFolder: (folder: string) => Promise<void>
}

/** What the work on one file needs. */
export interface FileWork extends JobTools {
  sourcePath: string
  target: string
}

/** What came of an item. */
export interface ItemResult {
  /** Null when it has no file of its own. */
  outputPath: string | null
  /** What the vault is to remember; null: nothing. */
  use: FileUse | null
}

const firstReadBytes = 4096
const dataKeyBytes = 32
/** More than our header can have: one recipient and the context. */
const headerReserveBytes = 16 * 1024
const decryptedMode = 0o600
/** Smaller files are written before a flush would begin. */
const flushFromBytes = 64 * 1024 * 1024

/**
 * Encrypts one file to a new one. The original is only read. Nothing is left when it fails, with the codes of
 * SourceFile, OutputFile, frameSteps() and FileKeys.
 */
export async function encryptFile(work: FileWork, keyId: string, context: EncryptionContext): Promise<ItemResult> {
  return withSource(work, async (source) => {
    const frameLength = limits.fileFrameDefaultBytes
    const neededBytes = messageBytes(layoutOfPlaintext(headerReserveBytes, frameLength, source.size))
    // No wider than the original, and nothing executable.
    const mode = (source.mode & 0o666) | 0o600
    const { path, made } = await withOutput(work, source, { neededBytes, mode }, async (output) => {
      const message = await newMessage(work, keyId, context, frameLength)
      const { header, messageId, messageKey } = message
      try {
        const layout = layoutOfPlaintext(header.length, frameLength, source.size)
        await writeHeader(output, header)
        await cryptFrames(work, { kind: 'encrypt', sourceFd: source.handle.fd, targetFd: output.handle.fd, messageId, layout }, messageKey, output)
        await source.checkUnchanged()
        return { ...message, bytes: messageBytes(layout) }
      } finally {
        zero(messageKey)
      }
    })
    return { outputPath: path, use: useOf(work.keys, path, made) }
  })
}

/**
 * Decrypts one file to a new one, which gets its name only after the last frame, and the signature where there is one,
 * has been authenticated. FILE_KEY_UNAVAILABLE when no recipient is a key of this vault.
 */
export async function decryptFile(work: FileWork): Promise<ItemResult> {
  return withSource(work, async (source) => {
    const header = await readFileHeader(source)
    const messageKey = await openFileHeader(work.caller, work.keys, header)
    try {
      const readAt = (position: number, length: number) => source.readAt(position, length)
      const { layout, signature } = await findBodyEnd(header, source.size, readAt)
      const { path } = await withOutput(work, source, { neededBytes: plaintextBytesOf(layout), mode: decryptedMode }, async (output) => {
        if (header.suite.isSigned) await verifySignature(work, source, header, layout, signature)
        const { messageId } = header
        await cryptFrames(work, { kind: 'decrypt', sourceFd: source.handle.fd, targetFd: output.handle.fd, messageId, layout }, messageKey, output)
      })
      return { outputPath: path, use: null }
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

/** Opens the source, and explains failures that are none of the file. The codes of SourceFile and of `use`, CANCELLED. */
export async function withSource<T>(work: FileWork, use: (source: SourceFile) => Promise<T>): Promise<T> {
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

/** What an output has beside the source it is made from. */
export type OutputDetails = Pick<OutputRequest, 'neededBytes' | 'mode'> & Partial<Pick<OutputRequest, 'onCollision' | 'beforePlacing'>>

/** Makes an output with `fill` and gives it its name. Nothing is left when it fails. The codes of OutputFile and of `fill`. */
export async function withOutput<T>(
  { target, output: { onCollision, written, freeBytes }, signal, prepareFolder }: FileWork,
  source: SourceFile,
  details: OutputDetails,
  fill: (output: OutputFile) => Promise<T>,
): Promise<{ path: string; made: T }> {
  throwIfAborted(signal)
  await prepareFolder(dirname(target))
  const output = await OutputFile.create({ target, onCollision, written, freeBytes, source: source.identity, ...details })
  try {
    const made = await fill(output)
    throwIfAborted(signal)
    return { path: await output.commit(signal), made }
  } catch (error) {
    await output.discard()
    throw error
  }
}

/** A message about to be written: its header, the key of its frames, which the caller zeroes, and the one recipient. */
export interface OwnMessage extends StartedMessage {
  messageId: Uint8Array
  entry: EncryptedDataKey
}

/** A data key of its own for each file, forgotten once the message key is derived. */
export async function newMessage({ caller, keys }: JobTools, keyId: string, context: EncryptionContext, frameLength: number): Promise<OwnMessage> {
  const messageId = randomBytesOf(messageIdBytes)
  const dataKey = SecretBuffer.random(dataKeyBytes)
  try {
    const entry = await keys.wrapDataKey(caller, keyId, dataKey, context)
    return { messageId, entry, ...startMessage({ messageId, dataKey, context, entries: [entry], frameLength }) }
  } finally {
    dataKey.destroy()
  }
}

/** What the vault is to remember of a file that was written. */
export function useOf(keys: FileKeys, path: string, { entry, messageId, bytes }: { entry: EncryptedDataKey; messageId: Uint8Array; bytes: number }): FileUse | null {
  const named = keys.describeEntry(entry)
  return named && { path, ...named, messageId, bytes }
}

/** Writes the header at the start of the output. NO_SPACE, TARGET_NOT_WRITABLE. */
export async function writeHeader(output: OutputFile, header: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < header.length; ) done += (await output.handle.write(header, done, header.length - done, done)).bytesWritten
  } catch (error) {
    throw targetError(error)
  }
}

/** All frames of a file; `key` is borrowed. The codes of runFrames(). */
export async function cryptFrames({ workers, control }: JobTools, task: WholeTask, key: Uint8Array, output: OutputFile): Promise<void> {
  const work = runFrames(workers, task, key, control)
  await (messageBytes(task.layout) < flushFromBytes ? work : output.flushDuring(work))
}

/** FILE_TAMPERED when the signature does not fit the file. */
export async function verifySignature({ workers, control }: JobTools, source: SourceFile, header: FileHeader, layout: BodyLayout, signature: Uint8Array): Promise<void> {
  const task = { kind: 'verify' as const, sourceFd: source.handle.fd, bytes: messageBytes(layout), context: header.context, signature: signature.slice() }
  await workers.run(task, new Uint8Array(0), control)
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled()
}
