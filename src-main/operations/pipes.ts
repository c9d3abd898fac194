import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Writable, type Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { callbackify } from 'node:util'
import { KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { useOf } from '../files/crypt-file'
import { OutputFile, syncFolder } from '../files/output-file'
import { decryptStream, encryptStream } from '../files/stream'
import type { FileKeys } from '../keystore/file-keys'
import type { FileUses } from '../keystore/file-uses'
import type { Log } from '../platform/ports'

/** Where the result of a pipe goes: a stream, or a file that gets its name only when all is proven and on the disk. */
export type PipeTarget = { stream: Writable } | { path: string; replace: boolean; signal: AbortSignal }

export interface PipeWork {
  caller: Caller
  keys: FileKeys
  input: Readable
  target: PipeTarget
}

/** No file is the source of a pipe, so none can be replaced by mistake. */
const noSource = { dev: -1n, ino: -1n }
const plaintextMode = 0o600
const ciphertextMode = 0o644

/** Where files that were written are remembered. */
export interface PipeMemory {
  uses: FileUses
  log: Log
}

/**
 * Encrypts a pipe; the vault remembers a file. Answers the path of the file, null for a stream. The codes of
 * encryptStream() and OutputFile, CANCELLED.
 */
export async function encryptPipe(
  { caller, keys, input, target, uses, log }: PipeWork & PipeMemory,
  options: { keyReference: string; context: EncryptionContext },
): Promise<string | null> {
  const { path, made } = await intoTarget(target, ciphertextMode, (output) => encryptStream(caller, keys, input, output, options))
  const use = path === null ? null : useOf(keys, path, made)
  if (use === null) return path
  try {
    await syncFolder(dirname(use.path))
    await uses.record([use])
  } catch (error) {
    // The file is good and stays; looking for encrypted files finds it again.
    log.error('file-use-not-recorded', error)
  }
  return path
}

/** Decrypts a pipe; into a stream frame by frame. Answers the path of the file, null for a stream. The codes of decryptStream() and OutputFile, CANCELLED. */
export async function decryptPipe({ caller, keys, input, target }: PipeWork): Promise<string | null> {
  const { path } = await intoTarget(target, plaintextMode, (output) => decryptStream(caller, keys, input, output))
  return path
}

async function intoTarget<T>(target: PipeTarget, mode: number, work: (output: Writable) => Promise<T>): Promise<{ path: string | null; made: T }> {
  if ('stream' in target) return { path: null, made: await work(target.stream) }
  const { path, replace, signal } = target
  const onCollision = replace ? 'replace' : 'refuse'
  const file = await OutputFile.create({ target: path, onCollision, mode, neededBytes: 0, source: noSource, written: new Set() })
  try {
    const stream = writerTo(file.handle)
    const made = await Promise.race([work(stream), abortion(signal)])
    stream.end()
    await finished(stream)
    return { path: await file.commit(signal), made }
  } catch (error) {
    await file.discard()
    throw error
  }
}

/** Writes to the file from its start. The handle's own stream would not let go of it without closing it. */
function writerTo(handle: FileHandle): Writable {
  let position = 0
  const append = callbackify(async (chunk: Uint8Array) => {
    for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done, chunk.length - done, position + done)).bytesWritten
    position += chunk.length
  })
  return new Writable({ write: (chunk: Uint8Array, _encoding, done) => append(chunk, done) })
}

async function abortion(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  throw new KmsError('CANCELLED', 'Cancelled. Nothing partial was left.')
}
