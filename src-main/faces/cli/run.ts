import { KmsError } from '../../../src-shared/errors'
import type { CliArguments } from './arguments'
import { runAuditList, runAuditVerify } from './commands/audit'
import { runCall } from './commands/call'
import { runDecrypt, runEncrypt } from './commands/files'
import { runInit } from './commands/init'
import { runInspect } from './commands/inspect'
import { runDecryptStream, runEncryptStream } from './commands/streams'
import { runGenerate } from './commands/generate'
import { runInject, runRead } from './commands/references'
import { prepareRun } from './commands/run-program'
import { runSecret } from './commands/secret'
import { UsageError } from './arguments'
import { runToken } from './tokens/token'
import type { Ending } from './references/child-signals'
import type { CliSession } from './session'

/** What is left of a command once the vault is closed again. */
export type Afterwards = () => Promise<Ending>

/**
 * Carries out one command that needs the application, but for what it gives to be done afterwards. Throws KmsError, or
 * UsageError for a call that makes no sense.
 */
export async function runCommand(session: CliSession, { command, passphraseFile, unlockToken }: CliArguments): Promise<Afterwards | void> {
  switch (command.command) {
    case 'init':
      return runInit(session, { ...command, passphraseFile })
    case 'call':
      return runCall(session, command.operation, command.json)
    case 'encrypt':
      return isStream(command) ? runEncryptStream(session, command) : runEncrypt(session, command)
    case 'decrypt':
      return isStream(command) ? runDecryptStream(session, command) : runDecrypt(session, command)
    case 'inspect':
      return runInspect(session, command.file, passphraseFile !== null || unlockToken !== null)
    case 'audit':
      return command.verify ? runAuditVerify(session) : runAuditList(session)
    case 'secret':
      return runSecret(session, command)
    case 'token':
      return runToken(session, command)
    case 'run':
      return prepareRun(session, command)
    case 'read':
      return runRead(session, command)
    case 'inject':
      return runInject(session, command)
    case 'generate':
      return runGenerate(session, command.request)
    case 'help':
    case 'version':
    case 'operations':
      throw new KmsError('INTERNAL', 'This command needs no application.')
  }
}

/** True when standard input is the one source; a dash among other files makes no sense. */
function isStream({ files, output }: { files: readonly string[]; output: string | null }): boolean {
  const fromInput = files.includes('-')
  if (fromInput && files.length > 1) throw new UsageError('"-" stands alone: standard input is one source')
  if (!fromInput && output === '-') throw new UsageError('"-o -" goes with "-" as FILE')
  return fromInput
}
