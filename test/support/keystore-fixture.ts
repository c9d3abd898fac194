import { Keystore, type KeystoreOptions } from '../../src-main/keystore/keystore'
import type { KeystoreOperationName } from '../../src-main/keystore/keystore-operations'
import { decodeKeyRecord, encodeKeyRecord, type KeyRecord } from '../../src-main/keystore/key-record'
import type { Clock, Log } from '../../src-main/platform/ports'
import type { ErrorCode } from '../../src-shared/errors'
import type { OperationName } from '../../src-shared/contract/catalog'
import { operations, type Request, type RequestInput, type Response } from '../../src-shared/contract/operations'
import type { Caller } from '../../src-shared/model/caller'
import { MemoryRecords, RecordedUse } from './memory-records'

/** A clock that stands still until it is told otherwise. */
export class TestClock implements Clock {
  time = Date.UTC(2026, 8, 1, 12, 0, 0, 789)

  nowMs(): number {
    return this.time
  }

  passDays(days: number): void {
    this.time += days * 86_400_000
  }
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A caller of the window. */
export function callerOf(operation: string): Caller {
  return { face: 'ipc', client: 'window', operation }
}

/** A request as dispatch hands it over: parsed by the contract. */
export function parsed<N extends OperationName>(operation: N, input: RequestInput<N>): Request<N> {
  return operations[operation].request.parse(input) as Request<N>
}

/** An unlocked keystore on an empty vault in memory. */
export async function openKeystore(records = new MemoryRecords(), more: Partial<KeystoreOptions> = {}) {
  const clock = new TestClock()
  const use = new RecordedUse()
  const keystore = new Keystore({ clock, useAudit: use, log: silentLog, ...more })
  await keystore.load(records)
  /** Runs an operation as the window would. */
  const ask = <N extends KeystoreOperationName>(operation: N, input: RequestInput<N>): Promise<Response<N>> =>
    keystore.run(operation, callerOf(operation), parsed(operation, input))
  const newKey = async (input: RequestInput<'createKey'> = {}) =>
    (await keystore.run('createKey', callerOf('createKey'), parsed('createKey', input))).keyMetadata
  /** Rewrites the stored row of a key, as a later operation would, and reads the vault again. */
  const rewrite = async (keyId: string, change: Partial<KeyRecord>) => {
    const row = await records.read('key', keyId)
    if (!row) throw new Error('no such row')
    records.plant('key', keyId, null, encodeKeyRecord({ ...decodeKeyRecord(row), ...change }))
    await keystore.load(records)
  }
  /** As a lock and an unlock, with what was due meanwhile. */
  const relock = async () => {
    await keystore.flush()
    keystore.unload()
    await keystore.load(records)
    await keystore.catchUp()
  }
  return { keystore, records, clock, use, ask, newKey, rewrite, relock }
}

/** The code a promise is refused with; fails when it is not refused with a KmsError. */
export async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
    throw error
  }
  throw new Error('was expected to be refused')
}
