import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { OutputFile } from '../files/output-file'
import { decryptStream, encryptStream } from '../files/stream'
import type { FileKeys } from '../keystore/file-keys'

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

/** Encrypts a pipe. Answers the path of the file, null for a stream. The codes of encryptStream() and OutputFile, CANCELLED. */
export function encryptPipe({ caller, keys, input, target }: PipeWork, options: { keyReference: string; context: EncryptionContext }): Promise<string | null> {
  return intoTarget(target, ciphertextMode, (output) => encryptStream(caller, keys, input, output, options))
}

/** Decrypts a pipe; into a stream frame by frame. Answers the path of the file, null for a stream. The codes of decryptStream() and OutputFile, CANCELLED. */
export function decryptPipe({ caller, keys, input, target }: PipeWork): Promise<string | null> {
  return intoTarget(target, plaintextMode, (output) => decryptStream(caller, keys, input, output))
}

async function intoTarget(target: PipeTarget, mode: number, work: (output: Writable) => Promise<void>): Promise<string | null> {
  if ('stream' in target) {
    await work(target.stream)
    return null
  }
  const { path, replace, signal } = target
  const onCollision = replace ? 'replace' : 'refuse'
  const file = await OutputFile.create({ target: path, onCollision, mode, neededBytes: 0, source: noSource, written: new Set() })
  try {
    const stream = file.handle.createWriteStream({ autoClose: false })
    await Promise.race([work(stream), abortion(signal)])
    stream.end()
    await finished(stream)
    return await file.commit(signal)
  } catch (error) {
    await file.discard()
    throw error
  }
}

async function abortion(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort')
  throw new KmsError('CANCELLED', 'Cancelled. Nothing partial was left.')
}
