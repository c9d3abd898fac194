import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Application } from '../../../src-main/compose'
import { editKey } from '../../../src-main/keystore/change-key'
import { flagsOf, type OperationName } from '../../../src-shared/contract/catalog'
import type { RequestInput, Response } from '../../../src-shared/contract/operations'
import { systemCaller } from '../../../src-shared/model/caller'
import { keyStates, type KeyState } from '../../../src-shared/model/keys'
import { stateRefusal, stateTable, type StateOperation } from '../../../src-shared/model/state-table'
import { composeIn, createTestVault } from '../../support/composed-application'
import { codeOf, TestClock } from '../../support/keystore-fixture'
import { stateCases, type StateKey } from '../../support/state-requests'

const from = { face: 'cli', client: 'tests' } as const
const operations = Object.keys(stateTable) as StateOperation[]

describe('every operation in every state of the key', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-states-')))
  const clock = new TestClock()
  let application: Application

  beforeAll(async () => {
    application = await composeIn(folder, {}, undefined, { clock })
    await createTestVault(application)
  })

  afterAll(async () => {
    await application.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const call = <N extends OperationName>(operation: N, input: RequestInput<N>): Promise<Response<N>> => application.dispatcher.run(operation, input, from)

  /** Puts the key into the state, past what operations allow: some states a key of this kind can never reach. */
  async function moveTo(keyId: string, keyState: KeyState): Promise<void> {
    const session = application.keystore.session()
    const deletesAt = keyState === 'PendingDeletion' ? clock.time + 30 * 86_400_000 : null
    await editKey(session, systemCaller('test'), session.resolve(keyId), (record) => ({ ...record, keyState, deletesAt }))
  }

  /** What the log says of refused calls of the operation on the key. */
  async function refusalsOf(operation: StateOperation, keyId: string): Promise<(string | null)[]> {
    const { entries } = await call('listAuditEntries', { count: 50 })
    return entries.filter((entry) => entry.operation === operation && entry.resource === keyId && entry.result !== 'ok').map(({ code }) => code)
  }

  async function newKeyFor(operation: StateOperation): Promise<StateKey> {
    const { keyId } = (await call('createKey', stateCases[operation].key)).keyMetadata
    const keyVersionId = (await call('listKeyVersions', { keyId })).keyVersions[0]?.keyVersionId ?? ''
    return { keyId, keyVersionId, application, clock, folder, call }
  }

  const matrix = operations.flatMap((operation) => keyStates.map((state) => [operation, state, stateRefusal(operation, state)] as const))

  it.each(matrix)('%s while %s: %s', async (operation, state, refusal) => {
    const key = await newKeyFor(operation)
    const request = await stateCases[operation].request(key)
    await moveTo(key.keyId, state)
    const answer = call(operation, request as RequestInput<StateOperation>)
    if (refusal === null) {
      await answer
      return
    }
    expect(await codeOf(answer)).toBe(refusal)
    expect(flagsOf(operation).audit).not.toBe('none')
    expect(await refusalsOf(operation, key.keyId)).toEqual([refusal])
  })

  it('is asked here for every row of the table', () => {
    expect(Object.keys(stateCases).sort()).toEqual([...operations].sort())
    expect(matrix).toHaveLength(operations.length * keyStates.length)
  })
})
