import { once } from 'node:events'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { KmsError } from '../../../../src-shared/errors'
import { OutputFile } from '../../../files/output-file'
import { decryptStream, encryptStream } from '../../../files/stream'
import type { CliSession } from '../session'
import type { EncryptCommand, FileCommand } from './files'

/** No file is the source of a pipe, so none can be replaced by mistake. */
const noSource = { dev: -1n, ino: -1n }
const plaintextMode = 0o600
const ciphertextMode = 0o644

/** Encrypts standard input to standard output or to a file. */
export async function runEncryptStream(session: CliSession, command: EncryptCommand): Promise<void> {
  await session.unlock()
  const { fileKeys } = session.application.keystore
  const options = { keyReference: command.key, context: command.context }
  await intoOutput(session, command, ciphertextMode, (output) =>
    encryptStream(session.callerOf('encryptFiles'), fileKeys, process.stdin, output, options),
  )
}

/** Decrypts standard input to standard output, frame by frame, or to a file, which gets its name only when all is proven. */
export async function runDecryptStream(session: CliSession, command: FileCommand): Promise<void> {
  await session.unlock()
  const { fileKeys } = session.application.keystore
  await intoOutput(session, command, plaintextMode, (output) =>
    decryptStream(session.callerOf('decryptFiles'), fileKeys, process.stdin, output),
  )
}

async function intoOutput(session: CliSession, command: FileCommand, mode: number, work: (output: Writable) => Promise<void>): Promise<void> {
  if (command.output === null || command.output === '-') return work(session.output)
  const onCollision = command.force ? 'replace' : 'refuse'
  const file = await OutputFile.create({ target: resolve(command.output), onCollision, mode, neededBytes: 0, source: noSource, written: new Set() })
  const interrupted = new AbortController()
  const interrupt = () => interrupted.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    const stream = file.handle.createWriteStream({ autoClose: false })
    await Promise.race([work(stream), abortion(interrupted.signal)])
    stream.end()
    await finished(stream)
    session.print(await file.commit(interrupted.signal))
  } catch (error) {
    await file.discard()
    throw error
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

async function abortion(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort')
  throw new KmsError('CANCELLED', 'Cancelled. Nothing partial was left.')
}
