import type { SecretCommand } from '../secret-arguments'
import type { CliSession } from '../session'
import { runSecretDelete, runSecretRestore, runSecretRotate, runSecretStage } from './secret-changes'
import { runSecretExport, runSecretImport } from './secret-exchange'
import { runSecretList, runSecretVersions } from './secret-lists'
import { runSecretGet, runSecretPut } from './secret-values'

/** Carries out one of the commands below `secret`. */
export async function runSecret(session: CliSession, command: SecretCommand): Promise<void> {
  switch (command.action) {
    case 'get':
      return runSecretGet(session, command)
    case 'put':
      return runSecretPut(session, command)
    case 'list':
      return runSecretList(session, command)
    case 'versions':
      return runSecretVersions(session, command)
    case 'stage':
      return runSecretStage(session, command)
    case 'rotate':
      return runSecretRotate(session, command)
    case 'delete':
      return runSecretDelete(session, command)
    case 'restore':
      return runSecretRestore(session, command)
    case 'import':
      return runSecretImport(session, command)
    case 'export':
      return runSecretExport(session, command)
  }
}
