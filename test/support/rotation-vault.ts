import type { Application, ComposeOptions } from '../../src-main/compose'
import type { OperationName } from '../../src-shared/contract/catalog'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import type { RotationTargetInput } from '../../src-shared/contract/secret-rotation'
import { composeIn, createTestVault, testPassphrase } from './composed-application'
import { codeOf, silentLog } from './keystore-fixture'
import { bytesOf, textOf } from './secrets-fixture'

/** All services on a new, unlocked vault in `folder`, or on the one that is there, called as the window calls them. */
export async function openRotationVault(folder: string, more: Partial<ComposeOptions> = {}, isNew = true) {
  const application: Application = await composeIn(folder, {}, silentLog, more)
  const call = <N extends OperationName>(operation: N, request: RequestInput<N>): Promise<Response<N>> => application.dispatcher.run(operation, request, { face: 'ipc', client: 'window' })
  if (isNew) await createTestVault(application)
  else await call('unlockVault', { passphrase: testPassphrase() })

  const createRds = (secretName: string, accounts: readonly [string, string][], more: Partial<RequestInput<'createSecret'>> = {}) =>
    call('createSecret', {
      secretName,
      secretType: 'Rds',
      versionId: 'v1',
      secretData: bytesOf(JSON.stringify({ Accounts: accounts.map(([AccountName, AccountPassword]) => ({ AccountName, AccountPassword })) })),
      extendedConfig: JSON.stringify({ SecretSubType: accounts.length === 2 ? 'DoubleUsers' : 'SingleUser', DBInstanceId: 'local' }),
      ...more,
    })
  const valueOf = async (secretName: string, versionStage?: string) => textOf((await call('getSecretValue', { secretName, ...(versionStage === undefined ? {} : { versionStage }) })).secretData)

  return {
    application,
    call,
    createRds,
    valueOf,
    accountOf: async (secretName: string, versionStage?: string) => JSON.parse(await valueOf(secretName, versionStage)) as Record<string, string>,
    setTarget: (secretName: string, target: RotationTargetInput | null) => call('setSecretRotationTarget', { secretName, target }),
    rotate: (secretName: string, versionId: string) => call('rotateSecret', { secretName, versionId }),
    codeFor: <N extends OperationName>(operation: N, input: RequestInput<N>) => codeOf(call(operation, input)),
    rotation: (secretName: string) => call('getSecretRotation', { secretName }),
    automatic: async (secretName: string) => (await call('describeSecret', { secretName })).automaticRotation,
    versions: async (secretName: string) => (await call('getSecretDetails', { secretName })).versions.map(({ versionId, stages }) => [versionId, ...stages].join(' ')),
    audit: async (operation: OperationName) => (await call('listAuditEntries', { operation, count: 100 })).entries.map(({ resource, code, face }) => [resource, code, face].join(' ')).reverse(),
    relock: async () => {
      await call('lockVault', {})
      await call('unlockVault', { passphrase: testPassphrase() })
    },
    close: () => application.dispose(),
  }
}

export type RotationVault = Awaited<ReturnType<typeof openRotationVault>>
