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

  /** What the log says of calls of the operation on the key: the code of each, or ok. */
  async function auditOf(operation: StateOperation, keyId: string): Promise<string[]> {
    const { entries } = await call('listAuditEntries', { count: 50 })
    return entries.filter((entry) => entry.operation === operation && entry.resource === keyId).map(({ code }) => code ?? 'ok')
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
    const before = await auditOf(operation, key.keyId)
    const answer = call(operation, request as RequestInput<StateOperation>)
    if (refusal === null) await answer
    else expect(await codeOf(answer)).toBe(refusal)
    const isAudited = flagsOf(operation).audit !== 'none'
    expect(isAudited || refusal === null).toBe(true)
    expect(await auditOf(operation, key.keyId)).toEqual([...(isAudited ? [refusal ?? 'ok'] : []), ...before])
  })

  const unnamed: readonly StateOperation[] = ['decrypt', 'exportDataKey', 'reEncrypt', 'deleteAlias', 'listAliases', 'listKeys']

  it.each(operations.filter((operation) => !unnamed.includes(operation)))('%s takes every name of a key, and finds no other key', async (operation) => {
    const key = await newKeyFor(operation)
    const answerTo = async (keyId: string) => call(operation, { ...(await stateCases[operation].request(key)), keyId } as RequestInput<StateOperation>)
    const foreign = 'acs:kms:local:00000000-0000-4000-8000-000000000000'
    for (const nobody of ['key-unknownunknownunknown', 'nonsense', `${foreign}:key/${key.keyId}`]) expect(await codeOf(answerTo(nobody))).toBe('KEY_NOT_FOUND')
    for (const nobody of ['alias/nobody', `${foreign}:alias/nobody`]) expect(await codeOf(answerTo(nobody))).toBe('ALIAS_NOT_FOUND')
    const aliasName = `alias/named/${operation}`
    await call('createAlias', { aliasName, keyId: key.keyId })
    if (operation === 'cancelKeyDeletion') await moveTo(key.keyId, 'PendingDeletion')
    await answerTo(aliasName)
  })

  it('is asked here for every row of the table', () => {
    expect(Object.keys(stateCases).sort()).toEqual([...operations].sort())
    expect(matrix).toHaveLength(operations.length * keyStates.length)
  })
})
