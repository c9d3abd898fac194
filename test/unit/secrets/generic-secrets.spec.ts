import { beforeEach, describe, expect, it } from 'vitest'
import { KmsError } from '../../../src-shared/errors'
import { codeOf } from '../../support/keystore-fixture'
import { bytesOf, openSecrets, textOf, type OpenedSecrets } from '../../support/secrets-fixture'

let opened: OpenedSecrets
beforeEach(async () => {
  opened = await openSecrets()
})

const fieldsOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.catch((refusal: unknown) => refusal)
  return error instanceof Error && 'details' in error ? error.details : error
}

describe('creating a secret', () => {
  it.each(['', 'a b', 'ä', 'a*', '/a', 'a/', 'a//b', 'acs/mine', 'n'.repeat(193), 'a:b', "a'b"])('refuses the name %j', async (secretName) => {
    if (secretName === '') return expect(() => opened.create(secretName, 'x')).toThrow()
    expect(await fieldsOf(opened.create(secretName, 'x'))).toMatchObject({ fields: [{ field: 'secretName' }] })
    return expect((await opened.ask('listSecrets', {})).totalCount).toBe(0)
  })

  it.each(['a', 'A9_x/+=.-@', 'n'.repeat(192), 'deep/er/and/deeper'])('takes the name %j', async (secretName) => {
    expect(await opened.create(secretName, 'x')).toMatchObject({ secretName })
    expect(await opened.valueOf(secretName)).toBe('x')
  })

  it('takes 30,720 bytes and refuses one more', async () => {
    const data = new Uint8Array(30_720).fill(0x61)
    await opened.ask('createSecret', { secretName: 'a', versionId: 'v1', secretData: data })
    expect((await opened.ask('getSecretValue', { secretName: 'a' })).secretData).toEqual(data)
    const more = new Uint8Array(30_721).fill(0x61)
    expect(await fieldsOf(opened.ask('createSecret', { secretName: 'b', versionId: 'v1', secretData: more }))).toMatchObject({ fields: [{ field: 'secretData' }] })
    expect(await fieldsOf(opened.ask('putSecretValue', { secretName: 'a', versionId: 'v2', secretData: more }))).toMatchObject({ fields: [{ field: 'secretData' }] })
  })

  it('keeps bytes of any kind as binary, and text as UTF-8 only', async () => {
    const data = Uint8Array.of(0, 255, 128, 10)
    expect(await opened.codeFor('createSecret', { secretName: 'a', versionId: 'v1', secretData: data })).toBe('INVALID_PARAMETER')
    await opened.ask('createSecret', { secretName: 'a', versionId: 'v1', secretData: data, secretDataType: 'binary' })
    expect(await opened.ask('getSecretValue', { secretName: 'a' })).toMatchObject({ secretData: data, secretDataType: 'binary' })
    await opened.create('empty', '')
    expect(await opened.valueOf('empty')).toBe('')
  })

  it.each(['', 'a b', 'v'.repeat(65)])('refuses the version id %j', async (versionId) => {
    if (versionId === '') return expect(() => opened.create('a', 'x', { versionId })).toThrow()
    return expect(await opened.codeFor('createSecret', { secretName: 'a', versionId, secretData: bytesOf('x') })).toBe('INVALID_PARAMETER')
  })

  it('refuses a name that is taken, also from the recycle bin', async () => {
    await opened.create('a', 'x')
    expect(await codeOf(opened.create('a', 'y'))).toBe('SECRET_EXISTS')
    await opened.ask('deleteSecret', { secretName: 'a' })
    expect(await codeOf(opened.create('a', 'y'))).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await codeOf(opened.create('A', 'y').then(() => opened.create('A', 'z')))).toBe('SECRET_EXISTS')
  })

  it('refuses what only managed secrets have', async () => {
    expect(await codeOf(opened.create('a', 'x', { extendedConfig: '{"CustomData":{}}' }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(opened.create('a', 'x', { enableAutomaticRotation: true, rotationInterval: '7d' }))).toBe('UNSUPPORTED_OPERATION')
    expect(await codeOf(opened.ask('updateSecretRotationPolicy', { secretName: 'a', enableAutomaticRotation: true }))).toBe('SECRET_NOT_FOUND')
    await opened.create('a', 'x')
    expect(await opened.codeFor('updateSecretRotationPolicy', { secretName: 'a', enableAutomaticRotation: true, rotationInterval: '7d' })).toBe('UNSUPPORTED_OPERATION')
    expect(await opened.codeFor('updateSecret', { secretName: 'a', extendedConfig: '{"CustomData":{}}' })).toBe('UNSUPPORTED_OPERATION')
  })

  it('refuses another instance, a policy that is none, and tags outside the grammar', async () => {
    expect(await codeOf(opened.create('a', 'x', { dKMSInstanceId: 'kst-other' }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(opened.create('a', 'x', { policy: '{"Version":"2"}' }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(opened.create('a', 'x', { tags: [{ TagKey: 'acs:x', TagValue: '' }] }))).toBe('INVALID_PARAMETER')
    expect(await opened.create('a', 'x', { dKMSInstanceId: opened.records.vaultId })).toMatchObject({ dKMSInstanceId: opened.records.vaultId })
  })

  it('leaves nothing behind when the disk refuses, and memory as it was', async () => {
    await opened.create('other', 'x')
    opened.records.failNextCommit(new KmsError('NO_SPACE', 'full'))
    expect(await codeOf(opened.create('a', 'x'))).toBe('NO_SPACE')
    expect(await opened.codeFor('describeSecret', { secretName: 'a' })).toBe('SECRET_NOT_FOUND')
    opened.records.failNextCommit(new KmsError('NO_SPACE', 'full'))
    expect(await codeOf(opened.put('other', 'v2', 'y'))).toBe('NO_SPACE')
    expect(await opened.valueOf('other')).toBe('x')
    expect(await opened.versionsOf('other')).toEqual(['v1 ACSCurrent'])
  })
})

describe('the versions of a secret', () => {
  it('are added once: the same id with the same data is no change, with other data refused', async () => {
    await opened.create('a', 'x')
    expect(await opened.put('a', 'v2', 'y', ['Mine'])).toMatchObject({ versionStages: ['Mine'] })
    const changes = opened.records.audit.length
    expect(await opened.put('a', 'v2', 'y')).toEqual({ secretName: 'a', versionId: 'v2', versionStages: ['Mine'] })
    expect(opened.records.audit.length).toBe(changes)
    expect(await codeOf(opened.put('a', 'v2', 'z'))).toBe('SECRET_VERSION_EXISTS')
    const binary = { secretName: 'a', versionId: 'v2', secretData: bytesOf('y'), secretDataType: 'binary' as const }
    expect(await opened.codeFor('putSecretValue', binary)).toBe('SECRET_VERSION_EXISTS')
    expect(await opened.versionsOf('a')).toEqual(['v1 ACSCurrent', 'v2 Mine'])
  })

  it('are at most ten: the eleventh drops the oldest without a stage, with its value', async () => {
    await opened.create('a', 'value 1')
    for (let at = 2; at <= 10; at += 1) await opened.put('a', `v${at}`, `value ${at}`, at === 2 ? ['ACSCurrent', 'Keep'] : undefined)
    expect(await opened.versionsOf('a')).toHaveLength(10)
    await opened.put('a', 'v11', 'value 11')
    expect(await opened.versionsOf('a')).toEqual(['v2 Keep', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9', 'v10 ACSPrevious', 'v11 ACSCurrent'])
    expect(await opened.codeFor('getSecretValue', { secretName: 'a', versionId: 'v1' })).toBe('SECRET_VERSION_NOT_FOUND')
    await opened.relock()
    expect(await opened.valueOf('a', { versionId: 'v2' })).toBe('value 2')
    expect(await opened.valueOf('a', { versionId: 'v11' })).toBe('value 11')
  })

  it('have at most eight stages together', async () => {
    await opened.create('a', 'x')
    await opened.put('a', 'v2', 'y', ['ACSCurrent', 's1', 's2', 's3', 's4', 's5', 's6'])
    expect(await opened.codeFor('updateSecretVersionStage', { secretName: 'a', versionStage: 's7', moveToVersion: 'v1' })).toBe('LIMIT_EXCEEDED')
    expect(await codeOf(opened.put('a', 'v3', 'z', ['s7']))).toBe('LIMIT_EXCEEDED')
    expect(await opened.versionsOf('a')).toEqual(['v1 ACSPrevious', 'v2 ACSCurrent s1 s2 s3 s4 s5 s6'])
  })

  it('are read by id, by stage, and by both when they agree', async () => {
    await opened.create('a', 'x')
    await opened.put('a', 'v2', 'y', ['ACSCurrent', 'Mine'])
    expect(await opened.valueOf('a')).toBe('y')
    expect(await opened.valueOf('a', { versionId: 'v1' })).toBe('x')
    expect(await opened.valueOf('a', { versionStage: 'ACSPrevious' })).toBe('x')
    expect(await opened.valueOf('a', { versionStage: 'Mine', versionId: 'v2' })).toBe('y')
    for (const reference of [{ versionId: 'v9' }, { versionStage: 'Other' }, { versionStage: 'Mine', versionId: 'v1' }]) {
      expect(await opened.codeFor('getSecretValue', { secretName: 'a', ...reference })).toBe('SECRET_VERSION_NOT_FOUND')
    }
    expect(await opened.codeFor('getSecretValue', { secretName: 'b' })).toBe('SECRET_NOT_FOUND')
  })

  it('are found by the ARN of the secret, and not by that of another vault', async () => {
    const { arn } = await opened.create('folder/a', 'x')
    expect(await opened.valueOf(arn)).toBe('x')
    expect(await opened.codeFor('getSecretValue', { secretName: arn.replace(opened.records.vaultId, 'other') })).toBe('SECRET_NOT_FOUND')
  })

  it('move their stages, and keep ACSCurrent', async () => {
    await opened.create('a', 'x')
    await opened.put('a', 'v2', 'y')
    const move = (input: object) => opened.codeFor('updateSecretVersionStage', { secretName: 'a', versionStage: 'ACSCurrent', ...input })
    expect(await move({ removeFromVersion: 'v2' })).toBe('INVALID_PARAMETER')
    expect(await move({})).toBe('INVALID_PARAMETER')
    expect(await move({ moveToVersion: 'v9' })).toBe('SECRET_VERSION_NOT_FOUND')
    await opened.ask('updateSecretVersionStage', { secretName: 'a', versionStage: 'ACSCurrent', moveToVersion: 'v1' })
    expect(await opened.versionsOf('a')).toEqual(['v1 ACSCurrent', 'v2 ACSPrevious'])
    expect(await opened.valueOf('a')).toBe('x')
  })

  it('are listed without those that no stage names, unless asked for', async () => {
    await opened.create('a', 'x')
    await opened.put('a', 'v2', 'y')
    await opened.put('a', 'v3', 'z')
    const list = await opened.ask('listSecretVersionIds', { secretName: 'a' })
    expect(list).toMatchObject({ totalCount: 2, versionIds: [{ versionId: 'v2', versionStages: ['ACSPrevious'] }, { versionId: 'v3' }] })
    const second = await opened.ask('listSecretVersionIds', { secretName: 'a', includeDeprecated: true, pageNumber: 2, pageSize: 2 })
    expect(second).toMatchObject({ totalCount: 3, versionIds: [{ versionId: 'v3', versionStages: ['ACSCurrent'] }] })
    expect(JSON.stringify(list)).not.toContain('"y"')
  })
})

describe('many values at once', () => {
  it('are read as far as they can be', async () => {
    await opened.create('a', 'x')
    await opened.create('b', 'y')
    await opened.ask('deleteSecret', { secretName: 'b' })
    const secretsList = [{ SecretName: 'a', VersionId: '', VersionStage: '' }, { SecretName: 'b' }, { SecretName: 'c' }, { SecretName: 'a', VersionStage: 'None' }, { SecretName: 'a', VersionId: 'v1' }]
    const { secretValues, errors } = await opened.ask('batchGetSecretValue', { secretsList })
    expect(secretValues.map(({ secretName, secretData }) => [secretName, textOf(secretData)])).toEqual([['a', 'x'], ['a', 'x']])
    expect(errors.map(({ secretName, code, httpStatus }) => [secretName, code, httpStatus])).toEqual([
      ['b', 'Rejected.ResourceInDeleteWindow', '409'],
      ['c', 'Forbidden.ResourceNotFound', '404'],
      ['a', 'Forbidden.ResourceNotFound', '404'],
    ])
  })
})

describe('a dry run', () => {
  it('says whether the value could be read, counts nothing, and is audited', async () => {
    await opened.create('a', 'x')
    opened.use.calls.length = 0
    expect(await opened.codeFor('getSecretValue', { secretName: 'a', dryRun: true })).toBe('DRY_RUN_PASSED')
    expect(await fieldsOf(opened.ask('getSecretValue', { secretName: 'a', versionId: 'v9', dryRun: true }))).toEqual({ reason: 'SECRET_VERSION_NOT_FOUND' })
    expect(opened.use.calls.map(({ resource, code }) => [resource, code])).toEqual([['a', 'DRY_RUN_PASSED'], ['a', 'DRY_RUN_REFUSED']])
    expect(opened.keystore.session().usage.lastUseAt(opened.secrets.session().resolve('a').record.keyId)).toBe(opened.clock.time)
    opened.records.isLocked = true
    expect(await opened.codeFor('getSecretValue', { secretName: 'a', dryRun: true })).toBe('VAULT_LOCKED')
  })
})

describe('descriptions and policies', () => {
  it('are changed and kept', async () => {
    await opened.create('a', 'x', { description: 'one' })
    expect(await opened.codeFor('updateSecret', { secretName: 'a' })).toBe('MISSING_PARAMETER')
    opened.clock.passDays(1)
    await opened.ask('updateSecret', { secretName: 'a', description: 'two' })
    const policy = (await opened.ask('getSecretPolicy', { secretName: 'a' })).policy
    expect(JSON.parse(policy)).toMatchObject({ Version: '1' })
    const other = policy.replace('kms:*', 'kms:GetSecretValue')
    await opened.ask('setSecretPolicy', { secretName: 'a', policy: other })
    expect(await opened.codeFor('setSecretPolicy', { secretName: 'a', policy: '{}' })).toBe('INVALID_PARAMETER')
    await opened.relock()
    expect(await opened.ask('getSecretPolicy', { secretName: 'a' })).toEqual({ policy: other })
    expect(await opened.ask('describeSecret', { secretName: 'a' })).toMatchObject({ description: 'two', createTime: '2026-09-01T12:00:00Z', updateTime: '2026-09-02T12:00:00Z', creator: 'window' })
  })
})
