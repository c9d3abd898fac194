import type { RequestInput } from '../../../../src-shared/contract/operations'
import type { CliSession } from '../session'

/** Prints a new password or passphrase as a line. */
export async function runGenerate(session: CliSession, request: RequestInput<'generateSecretValue'>): Promise<void> {
  const { value } = await session.run('generateSecretValue', request)
  await session.write(value)
  value.fill(0)
  session.print('')
}
