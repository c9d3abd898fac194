import { responseToKms } from '../../kms/response-mapping'
import { confirmByName } from '../confirmation'
import type { CliSession } from '../session'
import { nextVersionId } from './next-version-id'

/** Moves a stage to a version, takes it from one, or both. */
export async function runSecretStage(session: CliSession, command: { name: string; stage: string; moveTo: string | null; removeFrom: string | null }): Promise<void> {
  await session.unlock()
  const response = await session.run('updateSecretVersionStage', {
    secretName: command.name,
    versionStage: command.stage,
    ...(command.moveTo === null ? {} : { moveToVersion: command.moveTo }),
    ...(command.removeFrom === null ? {} : { removeFromVersion: command.removeFrom }),
  })
  session.print(JSON.stringify(responseToKms('updateSecretVersionStage', response)))
}

/** Rotates now, or goes on with or undoes a rotation that stopped. Done when the rotation has ended. */
export async function runSecretRotate(session: CliSession, { name: secretName, versionId, pending }: { name: string; versionId: string | null; pending: 'retry' | 'roll-back' | null }): Promise<void> {
  await session.unlock()
  session.print(JSON.stringify(await rotate(session, secretName, versionId, pending)))
}

async function rotate(session: CliSession, secretName: string, versionId: string | null, pending: 'retry' | 'roll-back' | null): Promise<object> {
  if (pending === 'retry') return responseToKms('retrySecretRotation', await session.run('retrySecretRotation', { secretName }))
  if (pending === 'roll-back') return responseToKms('rollBackSecretRotation', await session.run('rollBackSecretRotation', { secretName }))
  return responseToKms('rotateSecret', await session.run('rotateSecret', { secretName, versionId: versionId ?? (await nextVersionId(session, secretName)) }))
}

export interface DeleteCommand {
  name: string
  days: number | null
  force: boolean
  yes: boolean
}

/** Moves a secret to the recycle bin, or destroys it, for which its name is typed. CANCELLED when another is. */
export async function runSecretDelete(session: CliSession, command: DeleteCommand): Promise<void> {
  if (command.force && !command.yes) {
    await confirmByName(command.name, {
      warning: `${command.name} will be destroyed with all its versions, for good.`,
      withoutTerminal: 'secret delete --force destroys the secret for good; without a terminal it needs --yes',
    })
  }
  await session.unlock()
  const response = await session.run('deleteSecret', {
    secretName: command.name,
    ...(command.force ? { forceDeleteWithoutRecovery: true } : {}),
    ...(command.days === null ? {} : { recoveryWindowInDays: command.days }),
  })
  session.print(JSON.stringify(responseToKms('deleteSecret', response)))
}

/** Takes a secret back from the recycle bin. */
export async function runSecretRestore(session: CliSession, { name }: { name: string }): Promise<void> {
  await session.unlock()
  session.print(JSON.stringify(responseToKms('restoreSecret', await session.run('restoreSecret', { secretName: name }))))
}
