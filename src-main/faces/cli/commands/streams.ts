import { resolve } from 'node:path'
import { guardedFileKeys } from '../../../operations/guarded-file-keys'
import { decryptPipe, encryptPipe, type PipeMemory, type PipeTarget, type PipeWork } from '../../../operations/pipes'
import type { OperationName } from '../../../../src-shared/contract/catalog'
import type { CliSession } from '../session'
import type { EncryptCommand, FileCommand } from './files'

/** Encrypts standard input to standard output or to a file. */
export async function runEncryptStream(session: CliSession, command: EncryptCommand): Promise<void> {
  await session.unlock()
  await withTarget(session, command, 'encryptFiles', (work) => encryptPipe(work, { keyReference: command.key, context: command.context }))
}

/** Decrypts standard input to standard output, frame by frame, or to a file. */
export async function runDecryptStream(session: CliSession, command: FileCommand): Promise<void> {
  await session.unlock()
  await withTarget(session, command, 'decryptFiles', decryptPipe)
}

async function withTarget(session: CliSession, command: FileCommand, operation: OperationName, run: (work: PipeWork & PipeMemory) => Promise<string | null>): Promise<void> {
  const interrupted = new AbortController()
  const interrupt = () => interrupted.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    const target = targetOf(session, command, interrupted.signal)
    const { keystore, log } = session.application
    const work = { keys: guardedFileKeys(keystore.fileKeys, (attempt) => session.withTokens(attempt)), uses: keystore.fileUses, log, input: session.input, target }
    const path = await run({ caller: session.callerOf(operation), ...work })
    if (path !== null) session.print(path)
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

function targetOf(session: CliSession, { output, force }: FileCommand, signal: AbortSignal): PipeTarget {
  if (output === null || output === '-') return { stream: session.output }
  return { path: resolve(output), replace: force, signal }
}
