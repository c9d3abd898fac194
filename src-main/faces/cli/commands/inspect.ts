import { responseToKms } from '../../kms/response-mapping'
import type { CliSession } from '../session'

/** The header of an encrypted file as JSON. With a passphrase file the vault is opened and the header authenticated. */
export async function runInspect(session: CliSession, file: string, unlockFirst: boolean): Promise<void> {
  if (unlockFirst) await session.unlock()
  const response = await session.run('inspectFile', { file: session.handleOf(file, 'source') })
  session.print(JSON.stringify(responseToKms('inspectFile', response)['Header'], null, 2))
}
