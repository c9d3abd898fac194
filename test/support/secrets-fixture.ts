import { Keystore } from '../../src-main/keystore/keystore'
import type { KeystoreOperationName } from '../../src-main/keystore/keystore-operations'
import type { SecretCoreOperationName } from '../../src-main/secrets/secret-core-operations'
import { Secrets } from '../../src-main/secrets/secrets'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import { callerOf, codeOf, parsed, silentLog, TestClock } from './keystore-fixture'
import { MemoryRecords, RecordedUse } from './memory-records'

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Unlocked keys and secrets on an empty vault in memory, called as dispatch calls them. */
export async function openSecrets(records = new MemoryRecords()) {
  const clock = new TestClock()
  const use = new RecordedUse()
  const keystore = new Keystore({ clock, useAudit: use, log: silentLog })
  const secrets = new Secrets({ keystore, clock, useAudit: use, log: silentLog })
  await keystore.load(records)
  await secrets.load(records)
  const ask = <N extends SecretCoreOperationName>(operation: N, input: RequestInput<N>): Promise<Response<N>> =>
    secrets.run(operation, callerOf(operation), parsed(operation, input))
  const askKeys = <N extends KeystoreOperationName>(operation: N, input: RequestInput<N>): Promise<Response<N>> =>
    keystore.run(operation, callerOf(operation), parsed(operation, input))
  const codeFor = <N extends SecretCoreOperationName>(operation: N, input: RequestInput<N>) => codeOf(ask(operation, input))
  const create = (secretName: string, value: string, input: Partial<RequestInput<'createSecret'>> = {}) =>
    ask('createSecret', { secretName, secretData: bytesOf(value), versionId: 'v1', ...input })
  const put = (secretName: string, versionId: string, value: string, versionStages?: string[]) =>
    ask('putSecretValue', { secretName, versionId, secretData: bytesOf(value), ...(versionStages ? { versionStages } : {}) })
  /** The value as text. */
  const valueOf = async (secretName: string, input: Partial<RequestInput<'getSecretValue'>> = {}) => textOf((await ask('getSecretValue', { secretName, ...input })).secretData)
  const versionsOf = async (secretName: string) => {
    const { versionIds } = await ask('listSecretVersionIds', { secretName, includeDeprecated: true, pageSize: 100 })
    return versionIds.map(({ versionId, versionStages }) => [versionId, ...versionStages].join(' '))
  }
  /** As a lock and an unlock, with what was due meanwhile. */
  const relock = async () => {
    await keystore.flush()
    secrets.unload()
    keystore.unload()
    await keystore.load(records)
    await secrets.load(records)
    await keystore.catchUp()
    await secrets.catchUp()
  }
  return { keystore, secrets, records, clock, use, ask, askKeys, codeFor, create, put, valueOf, versionsOf, relock }
}

export type OpenedSecrets = Awaited<ReturnType<typeof openSecrets>>
