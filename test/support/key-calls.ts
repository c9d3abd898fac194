import type { RequestInput, Response } from '../../src-shared/contract/operations'
import { keySpecInfos } from '../../src-shared/model/key-specs'
import type { KeySpec, KeyUsage } from '../../src-shared/model/keys'
import type { KeystoreOperationName } from '../../src-main/keystore/keystore-operations'
import { callerOf, codeOf, openKeystore, parsed } from './keystore-fixture'
import { MemoryRecords } from './memory-records'

/** A key with its first version. */
export interface TestKey {
  keyId: string
  keyVersionId: string
}

/** A keystore on a vault in memory, called as dispatch calls it. */
export async function openCalls(records = new MemoryRecords()) {
  const opened = await openKeystore(records)
  const { keystore } = opened
  const call = <N extends KeystoreOperationName>(operation: N, input: RequestInput<N>): Promise<Response<N>> =>
    keystore.run(operation, callerOf(operation), parsed(operation, input))
  const codeFor = <N extends KeystoreOperationName>(operation: N, input: RequestInput<N>) => codeOf(call(operation, input))
  const newKeyOf = async (keySpec: KeySpec, keyUsage: KeyUsage | undefined = keySpecInfos[keySpec].usages[0]): Promise<TestKey> => {
    const { keyId } = (await call('createKey', { keySpec, ...(keyUsage ? { keyUsage } : {}) })).keyMetadata
    return { keyId, keyVersionId: versionsOf(keyId)[0] ?? '' }
  }
  const versionsOf = (keyId: string) => keystore.session().resolve(keyId).record.versions.map(({ keyVersionId }) => keyVersionId)
  return { ...opened, call, codeFor, newKeyOf, versionsOf }
}

export type Calls = Awaited<ReturnType<typeof openCalls>>

export const bytesOf = (text: string) => new TextEncoder().encode(text)
