import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Application } from '../../../src-main/compose'
import type { OperationName } from '../../../src-shared/contract/catalog'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { composeIn, createTestVault } from '../../support/composed-application'
import { codeOf } from '../../support/keystore-fixture'
import { bytesOf, textOf } from '../../support/secrets-fixture'
import { useTemporaryFolder } from '../../support/temporary-folder'

describe('the secret sample of the quick start, through dispatch', () => {
  const path = useTemporaryFolder()
  let application: Application
  const run = <N extends OperationName>(operation: N, request: RequestInput<N>) => application.dispatcher.run(operation, request, { face: 'ipc', client: 'window' })
  const get = async (request: Omit<RequestInput<'getSecretValue'>, 'secretName'> = {}) => {
    const { secretData, ...answer } = await run('getSecretValue', { secretName: 'sample/db', ...request })
    return { ...answer, text: textOf(secretData) }
  }

  beforeEach(async () => {
    application = await composeIn(path())
    await createTestVault(application)
  })
  afterEach(() => application.dispose())

  it('creates, reads, moves stages by new versions, and deletes', async () => {
    const { keyMetadata } = await run('createKey', { keySpec: 'Aliyun_AES_256' })
    const created = await run('createSecret', { secretName: 'sample/db', versionId: 'v1', secretData: bytesOf('value one'), encryptionKeyId: keyMetadata.keyId })
    expect(created).toEqual({ arn: `acs:kms:local:${keyMetadata.dKMSInstanceId}:secret/sample/db`, secretName: 'sample/db', versionId: 'v1', secretType: 'Generic', dKMSInstanceId: keyMetadata.dKMSInstanceId })
    expect(await get()).toMatchObject({ text: 'value one', versionId: 'v1', versionStages: ['ACSCurrent'], secretDataType: 'text' })

    const put = await run('putSecretValue', { secretName: 'sample/db', versionId: 'v2', secretData: bytesOf('value two'), versionStages: ['ACSCurrent', 'MyUserstage'] })
    expect(put).toEqual({ secretName: 'sample/db', versionId: 'v2', versionStages: ['ACSCurrent', 'MyUserstage'] })
    expect(await get()).toMatchObject({ text: 'value two', versionId: 'v2', versionStages: ['ACSCurrent', 'MyUserstage'] })

    await run('putSecretValue', { secretName: 'sample/db', versionId: 'v3', secretData: bytesOf('value three') })
    expect(await get()).toMatchObject({ text: 'value three', versionId: 'v3', versionStages: ['ACSCurrent'] })
    expect(await get({ versionStage: 'MyUserstage' })).toMatchObject({ text: 'value two', versionId: 'v2', versionStages: ['ACSPrevious', 'MyUserstage'] })
    expect(await get({ versionStage: 'ACSPrevious' })).toMatchObject({ versionId: 'v2' })

    await run('deleteSecret', { secretName: 'sample/db', forceDeleteWithoutRecovery: true })
    expect(await codeOf(get())).toBe('SECRET_NOT_FOUND')
    expect((await run('listSecrets', {})).secretList).toEqual([])
  })

  it('keeps secrets over a lock, and answers nothing while locked', async () => {
    await run('createSecret', { secretName: 'sample/db', versionId: 'v1', secretData: bytesOf('value one') })
    await run('lockVault', {})
    expect(await codeOf(get())).toBe('VAULT_LOCKED')
    await run('unlockVault', { passphrase: bytesOf('correct horse battery staple') })
    expect((await get()).text).toBe('value one')
    const { encryptionKeyId } = await run('describeSecret', { secretName: 'sample/db' })
    expect((await run('describeKey', { keyId: 'alias/acs/secrets' })).keyMetadata.keyId).toBe(encryptionKeyId)
  })

  it('writes every change and refusal to the audit log under the name of the secret', async () => {
    await run('createSecret', { secretName: 'sample/db', versionId: 'v1', secretData: bytesOf('value one') })
    await get()
    await codeOf(get({ versionStage: 'Nope' }))
    await codeOf(run('describeSecret', { secretName: 'not/there' }))
    await codeOf(run('deleteSecret', { secretName: 'not/there' }))
    await run('lockVault', {})
    await run('unlockVault', { passphrase: bytesOf('correct horse battery staple') })
    const { entries } = await run('listAuditEntries', { count: 50 })
    const seen = entries.filter(({ operation }) => operation.includes('Secret')).map(({ operation, resource, result, code }) => [operation, resource, result, code])
    expect(seen.reverse()).toEqual([
      ['createSecret', 'sample/db', 'ok', null],
      ['getSecretValue', 'sample/db', 'ok', null],
      ['getSecretValue', 'sample/db', 'refused', 'SECRET_VERSION_NOT_FOUND'],
      ['deleteSecret', 'not/there', 'refused', 'SECRET_NOT_FOUND'],
    ])
  })
})
